# capsa's hook for nushell (0.101 or newer): `capsa activate`, `capsa deactivate`, and activation on cd into projects
# that are trusted. It sources nothing from a box. `deactivate` is always there, as nushell makes no commands at run
# time; read at a prompt, not at the start, it looks at the folder with the next cd.

module capsa-hook {
    |STEP|
    # Back to before the first box; a box that an outer shell had entered goes from PATH.
    def --env leave [] {
        let names = [PATH Path PYTHONHOME PROMPT_COMMAND VIRTUAL_ENV VIRTUAL_ENV_PROMPT _capsa_was]
        let was = if $env._capsa_was? != null { $env._capsa_was } else {
            let bins = [bin Scripts] | each {|bin| $env.VIRTUAL_ENV | path join $bin }
            $names | first 4 | where $it in $env | reduce --fold {} {|name, was|
                let old = $env | get $name
                let is_list = ($old | describe) == 'list<string>'
                $was | merge {$name: (if $is_list { $old | where $it not-in $bins } else { $old })}
            }
        }
        # In an overlay what is hidden may uncover what is below: null covers that, and no program gets it.
        for name in ($names | where $it in $env and $it not-in $was) {
            hide-env $name
            if $name in $env {
                load-env {$name: null}
            }
        }
        load-env $was
    }

    # The nearest project, looking upward; null where there is none.
    def nearest [] {
        mut at = $env.PWD
        while ($at | path join .venv .capsa id | path type) != file {
            let above = $at | path dirname
            if $above in [$at ''] { return null }
            $at = $above
        }
        $at
    }

    def upward [path: string] {
        $path | path split | reduce --fold [] {|part, made|
            $made | append (if ($made | is-empty) { $part } else { $made | last | path join $part })
        }
    }

    # Whether nobody else can write to the project, its box, or a folder above.
    def is-safe [folder: string, bin: string] {
        let me = whoami
        let owned = [$folder ($bin | path dirname) $bin]
        let rows = ls -lD ...(upward $folder | append (upward $bin) | uniq)
        # nushell can't tell the user's own group: one process, only where a group may write.
        let group = if ($rows | any {|row| $row.mode =~ '^.{4}w.{3}[^tT]' }) { ^id -gn | str trim } else { '' }
        $rows | all {|row|
            let is_above = $row.name not-in $owned
            let is_open = $row.mode =~ '^.{7}w' or ($row.mode =~ '^.{4}w' and $row.group != $group)
            let is_sticky = $is_above and $row.mode =~ '[tT]$'
            $row.user in (if $is_above { [root $me] } else { [$me] }) and ($is_sticky or not $is_open)
        }
    }

    # Steps into a project if it is trusted; else says why not, once a session.
    def --env judge [folder: string] {
        let is_windows = $nu.os-info.family == windows
        let real = $folder | path expand
        if not $is_windows and (ls -lD $real).0.user != (whoami) {
            return
        }
        let bin = $folder | path join .venv (if $is_windows { 'Scripts' } else { 'bin' })
        let id = open --raw ($folder | path join .venv .capsa id) | decode utf-8 | lines
        let id = $id | get 0? | default '' | str trim
        let list = |TRUSTED|
        let lines = if ($list | path exists) { open --raw $list | decode utf-8 | lines } else { [] }
        let rows = $lines | each {|line| $line | split row "\t" }
        let row = $rows | where {|row| ($row | length) == 3 and $row.1 == $real } | get 0?
        let why = if $row == null {
            "this project has a box; to step into it on cd: capsa trust"
        } else if $row.0 != $id {
            "the box of this project is not the one that was trusted; to trust this one: capsa trust"
        } else if not ($is_windows or (is-safe $real ($bin | path expand))) {
            "others may write to this project or a folder above it, so its box is not stepped into; more: capsa trust"
        }
        if $why == null {
            enter ($bin | path dirname) $bin $row.2
            $env._capsa_hook.own = $env.VIRTUAL_ENV
            $env._capsa_hook.folder = $folder
        } else if $folder not-in $env._capsa_hook.told {
            $env._capsa_hook.told ++= [$folder]
            print -e $"capsa: ($why)"
        }
    }

    # The folder has changed. Only a box that this hook entered is left, and a project that was left by hand stays so.
    def --env moved [] {
        let folder = nearest
        if $env._capsa_hook.own != null and $env._capsa_hook.own != $env.VIRTUAL_ENV? {
            $env._capsa_hook.left = $env._capsa_hook.folder
            $env._capsa_hook.own = null
        }
        if $env._capsa_hook.own != null and $env._capsa_hook.folder != $folder {
            leave
            $env._capsa_hook.own = null
        }
        if $env._capsa_hook.own == null and ($env.VIRTUAL_ENV? | default '') != '' {
            $env._capsa_hook.left = $folder
        }
        if $env._capsa_hook.left != $folder {
            $env._capsa_hook.left = null
        }
        if $folder != null and $env._capsa_hook.own == null and $env._capsa_hook.left == null {
            judge $folder
        }
    }

    # Step out of the box that is active.
    export def --env deactivate [] {
        if ($env.VIRTUAL_ENV? | default '') == '' {
            error make -u {msg: "capsa: no box is active"}
        }
        leave
        $env._capsa_hook.own = null
        $env._capsa_hook.left = nearest
    }

    # Boxes for Python projects: `capsa --help`.
    export def --env --wrapped capsa [...words: string] {
        match ($words | get 0?) {
            'activate' if not (is-asking $words) => {
                let facts = ^(program).0 ...(program | skip 1) activate --facts ...($words | skip 1)
                let facts = $facts | lines
                if $env._capsa_was? != null { leave }
                enter $facts.0 $facts.1 $facts.2
                $env._capsa_hook.own = null
            }
            'deactivate' if not (is-asking $words) => { deactivate }
            # It gets what is piped in.
            _ => { ^(program).0 ...(program | skip 1) ...$words }
        }
    }

    def is-asking [words: list<string>] {
        [--help -h --json] | any {|word| $word in $words }
    }

    def program [] {
        let capsa = [|CAPSA|]
        if ($capsa.0 | path exists) { $capsa } else { [capsa] }
    }

    export-env {
        if '_capsa_hook' not-in $env {
            $env._capsa_hook = {own: null, folder: null, left: null, told: []}
            if $nu.is-interactive {
                # A prompt comes whatever happens: a folder that vanished is no trusted one.
                let hook = {|| try { moved } }
                $env.config.hooks.env_change.PWD = ($env.config.hooks.env_change.PWD? | default [] | append $hook)
            }
        }
    }
}

use capsa-hook *
