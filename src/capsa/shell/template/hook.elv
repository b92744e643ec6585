# capsa's hook for elvish (0.18 or newer): `capsa activate`, `capsa deactivate`, and activation on cd into projects
# that are trusted. It sources nothing from a box. `deactivate` stays when no box is active, as code can't take commands
# away, and stepping in costs one process, as elvish can't tell who owns a folder.

use platform
use str
|STEP|
# elvish has moved these from one module to another.
var regular~ real~ = (
  try {
    eval 'use os; put $os:is-regular~ $os:eval-symlinks~'
  } catch e {
    eval 'use path; put $path:is-regular~ $path:eval-symlinks~'
  }
)

var scripts = bin
if $platform:is-windows {
  set scripts = Scripts
}

# The nearest project, looking upward; '' where there is none. Each capture opens a pipe: two do for all levels.
fn nearest {
  var at folders = '' []
  for part [(str:split $path:separator $pwd)] {
    set at = $at$part
    set folders = [$at $@folders]
    set at = $at$path:separator
  }
  var found = ''
  for is-there [(for folder $folders { regular $folder/.venv/.capsa/id })] {
    if (and $is-there (eq $found '')) {
      set found = $folders[0]
      if (eq $found '') {
        set found = /
      }
    }
    set folders = $folders[1..]
  }
  put $found
}

fn upward {|folder|
  if (not-eq (path:dir $folder) $folder) {
    upward (path:dir $folder)
  }
  put $folder
}

# Whether nobody else can write to a folder or one above it. Those that are not in `owned` may be root's, and sticky.
# The shell of the one process knows what is the user's, `ls` the modes.
fn safe {|owned folder|
  var chain = [(upward $folder)]
  var told = [(e:sh -c '
    for folder do
      if [ -O "$folder" ]; then echo own; else echo other; fi
      if [ -G "$folder" ]; then echo own; else echo other; fi
    done
    LC_ALL=C exec ls -ldn -- "$@"
  ' sh $@chain)]
  var bad = (range (count $chain) | each {|at|
    var mode _ uid = (re:split ' +' $told[(+ (* 2 (count $chain)) $at)] | take 3)
    var user group = $told[(* 2 $at)] $told[(+ (* 2 $at) 1)]
    var is-above = (not (has-value $owned $chain[$at]))
    var is-ours = (or (eq $user own) (and $is-above (eq $uid 0)))
    var is-open = (or (eq $mode[8] w) (and (eq $mode[5] w) (not-eq $group own)))
    if (not (and $is-ours (or (not $is-open) (and $is-above (has-value [t T] $mode[9]))))) {
      put $at
    }
  } | count)
  == 0 $bad
}

fn is-own {|folder|
  try {
    e:sh -c 'test -O "$1"' sh $folder
    put $true
  } catch e {
    put $false
  }
}

# Steps into a project if it is trusted; else says why not, once a session.
fn judge {|folder|
  var real bin = (real $folder) (real $folder/.venv/$scripts)
  var owned = [$real (path:dir $bin) $bin]
  var id = (str:trim-space (str:split "\n" (slurp < $folder/.venv/.capsa/id) | take 1))
  var list row = |TRUSTED| ['' '' '']
  if (regular &follow-symlink=$true $list) {
    # One search for the whole list: what stands before the folder in its line, and after it.
    var halves = [(str:split "\t"$real"\t" (slurp < $list))]
    if (> (count $halves) 1) {
      var found = [[(str:split "\n" $halves[0])][-1] $real [(str:split "\n" $halves[1])][0]]
      if (not (str:contains $found[0]$found[2] "\t")) {
        set row = $found
      }
    }
  }
  var why = ''
  if (not-eq $row[1] $real) {
    set why = 'this project has a box; to step into it on cd: capsa trust'
  } elif (not-eq $row[0] $id) {
    set why = 'the box of this project is not the one that was trusted; to trust this one: capsa trust'
  } elif (not (or $platform:is-windows (and (safe $owned $bin) (or (eq $bin $real/.venv/bin) (safe $owned $real))))) {
    set why = 'others may write to this project or a folder above it, so its box is not stepped into; more: capsa trust'
  }
  if (eq $why '') {
    enter $folder/.venv $folder/.venv/$scripts $row[2]
    set box:own box:folder = $folder/.venv $folder
  } elif (not (has-value $box:told $folder)) {
    set box:told = [$@box:told $folder]
    if (or $platform:is-windows (is-own $real)) {
      echo 'capsa: '$why >&2
    }
  }
}

# The folder has changed. Only a box that this hook entered is left, and a project that was left by hand stays so.
fn moved {
  var folder = (nearest)
  set box:at = $folder
  var is-active = (and (has-env VIRTUAL_ENV) (not-eq $E:VIRTUAL_ENV ''))
  if (and (not-eq $box:own '') (or (not $is-active) (not-eq $E:VIRTUAL_ENV $box:own))) {
    set box:own box:left = '' $box:folder
  }
  if (and (not-eq $box:own '') (not-eq $box:folder $folder)) {
    leave
    set box:left is-active = '' $false
  }
  if (and $is-active (eq $box:own '')) {
    set box:left = $folder
  }
  if (not-eq $box:left $folder) {
    set box:left = ''
  }
  if (and (not-eq $folder '') (eq $box:own '') (eq $box:left '')) {
    judge $folder
  }
}

fn deactivate {
  leave
  set box:left = (nearest)
}

fn capsa {|@words|
  var program @before = |CAPSA|
  if (not (regular &follow-symlink=$true $program)) {
    set program before = capsa []
  }
  var is-asked = (or (has-value $words --help) (has-value $words -h) (has-value $words --json))
  if (or $is-asked (== 0 (count $words)) (not (has-value [activate deactivate] $words[0]))) {
    (external $program) $@before $@words
  } elif (eq $words[0] deactivate) {
    deactivate
  } else {
    var root bin prompt = ((external $program) $@before activate --facts (all $words[1..]))
    enter $root $bin $prompt
  }
}

in-editor [&capsa~=$capsa~ &deactivate~=$deactivate~] 'edit:add-vars [&capsa~=$capsa~ &deactivate~=$deactivate~]'
if (and $interactive (not $box:hooked)) {
  set box:hooked = $true
  # A prompt comes whatever happens: a folder that vanished is no trusted one.
  set after-chdir = [$@after-chdir {|_| try { moved } catch e { nop } }]
  try {
    moved
  } catch e {
    nop
  }
}
