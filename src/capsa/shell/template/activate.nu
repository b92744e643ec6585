# Steps into this box:  overlay use PATH-OF-THIS-FILE  (nushell 0.101 or newer)
# `deactivate` steps out and leaves every variable as it was; as it hides the overlay by its name, give that no other.
# Made by capsa.

const file = path self

|STEP|
export-env {
    let near = $file | path dirname | path dirname
    let root = if ($near | path join pyvenv.cfg | path exists) { $near } else { |ROOT| }
    if not ($root | path join pyvenv.cfg | path exists) {
        error make -u {msg: $"capsa: there is no box in ($root)"}
    }
    let prompt = |PROMPT|
    let prompt = if $prompt != '' { $prompt } else { $root | str replace -r '[/\\]\.venv$' '' | path basename }

    # What is set in an overlay covers what was there, and that comes back with the overlay's end. One that was hidden
    # before still has its old variables: those of now are put above them.
    let now = $env | columns | where $it not-in [PWD FILE_PWD CURRENT_FILE]
    load-env ($now | reduce --fold {} {|name, now| $now | merge {$name: ($env | get $name)} })
    enter $root ($root | path join |SCRIPTS|) $prompt
    if '_capsa_hook' in $env {
        $env._capsa_hook.own = null
    }
}

# What was set otherwise while the box was active, stays.
export alias deactivate = overlay hide activate --keep-env (
    $env | columns | where $it not-in [
        PATH Path PYTHONHOME PROMPT_COMMAND VIRTUAL_ENV VIRTUAL_ENV_PROMPT _capsa_was _capsa_hook
        FILE_PWD CURRENT_FILE
    ]
)
