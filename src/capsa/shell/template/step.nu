# `_capsa_was` keeps the variables as they were before the first box, and is a record, which programs do not get.
def --env enter [root: string, bin: string, prompt: string] {
    let was = if $env._capsa_was? != null { $env._capsa_was } else {
        [PATH Path PYTHONHOME PROMPT_COMMAND VIRTUAL_ENV VIRTUAL_ENV_PROMPT]
        | where $it in $env
        | reduce --fold {} {|name, was| $was | merge {$name: ($env | get $name)} }
    }
    # A box that nobody here knows how to leave is taken from PATH.
    let other = if $env._capsa_was? == null and ($env.VIRTUAL_ENV? | default '') != '' {
        $env.VIRTUAL_ENV | path join ($bin | path basename)
    }
    let name = if 'PATH' not-in $was and 'Path' in $was { 'Path' } else { 'PATH' }
    let old = if $name in $was { $was | get $name } else { [] }
    let old = if ($old | describe) == 'string' { $old | split row (char esep) } else { $old }
    load-env $was
    load-env {
        _capsa_was: $was
        $name: ($old | where $it != $other | prepend $bin)
        VIRTUAL_ENV: $root
        VIRTUAL_ENV_PROMPT: $prompt
    }
    # It would make the environment's Python look elsewhere. Null is kept from programs; what is hidden can stay hidden.
    if 'PYTHONHOME' in $env {
        $env.PYTHONHOME = null
    }
    let shown = $"\(($prompt | str replace -ar '\p{Cc}' '?')) "
    let old = $was.PROMPT_COMMAND?
    if ($env.VIRTUAL_ENV_DISABLE_PROMPT? | default '') == '' {
        match ($old | describe) {
            'closure' => { $env.PROMPT_COMMAND = {|| $"($shown)(do $old)" } }
            'string' => { $env.PROMPT_COMMAND = $"($shown)($old)" }
        }
    }
}
