use path
use re

# What all of capsa's code in this shell shares lies where the editor keeps functions, as no variable reaches
# everywhere. A shell without an editor runs a script, in which each piece of code is on its own.
var box: = (ns [&leave=$nil &own='' &folder='' &at='' &left='' &told=[] &hooked=$false])
var interactive = $false
try {
  eval 'nop $edit:prompt'
  set interactive = $true
} catch e {
  nop
}
if $interactive {
  set box: = (eval &ns=(ns [&new={|@_| put $box: }]) '
    if (not (has-key $edit:completion:arg-completer _capsa)) {
      set edit:completion:arg-completer[_capsa] = $new
    }
    $edit:completion:arg-completer[_capsa]
  ')
}

fn in-editor {|names code|
  if $interactive {
    eval &ns=(ns $names) $code
  }
}

# Sets variables for a box, and keeps in `box:leave` how to set them back.
fn enter {|root bin prompt|
  if $box:leave {
    $box:leave
  }
  set box:own = ''
  var was = [&]
  for name [PATH PYTHONHOME VIRTUAL_ENV VIRTUAL_ENV_PROMPT] {
    if (has-env $name) {
      set was[$name] = (get-env $name)
    }
  }
  # A box that nobody here knows how to leave is taken from PATH.
  var other = $nil
  if (has-key $was VIRTUAL_ENV) {
    set other = (path:join $was[VIRTUAL_ENV] (path:base $bin))
  }
  if (has-key $was PATH) {
    set paths = [$bin (each {|folder| if (not-eq $folder $other) { put $folder } } $paths)]
  } else {
    set paths = [$bin]
  }
  set-env VIRTUAL_ENV $root
  set-env VIRTUAL_ENV_PROMPT $prompt
  # It would make the environment's Python look elsewhere.
  unset-env PYTHONHOME

  var unprompt = { nop }
  if (and $interactive (or (not (has-env VIRTUAL_ENV_DISABLE_PROMPT)) (eq $E:VIRTUAL_ENV_DISABLE_PROMPT ''))) {
    set unprompt = (eval &ns=(ns [&shown='('(re:replace '\p{Cc}' '?' $prompt)') ']) '
      var old = $edit:prompt
      set edit:prompt = { put $shown; $old }
      put { set edit:prompt = $old }
    ')
  }
  set box:leave = {
    for name [PATH PYTHONHOME VIRTUAL_ENV VIRTUAL_ENV_PROMPT] {
      if (has-key $was $name) {
        set-env $name $was[$name]
      } else {
        unset-env $name
      }
    }
    $unprompt
    set box:leave = $nil
  }
}

fn leave {
  if $box:leave {
    $box:leave
  } elif (and (has-env VIRTUAL_ENV) (not-eq $E:VIRTUAL_ENV '')) {
    # An outer shell had entered it: it goes from PATH.
    var bins = [$E:VIRTUAL_ENV/bin $E:VIRTUAL_ENV/Scripts]
    set paths = [(each {|folder| if (not (has-value $bins $folder)) { put $folder } } $paths)]
    unset-env VIRTUAL_ENV
    unset-env VIRTUAL_ENV_PROMPT
  } else {
    fail 'capsa: no box is active'
  }
  set box:own box:left = '' $box:at
}
