# capsa in fish. `capsa activate` and `capsa deactivate` change this shell; in an interactive one a trusted project is
# stepped into on cd. Nothing of a box is run or read as code. Made by `capsa hook fish`.
#
#     _capsa_in    the project that the folder looked at last lies in       _capsa_told    what was said already
#     _capsa_own   the box that this stepped into, which then has HOOK in _CAPSA_KEPT
set -g _capsa_words |CAPSA|
set -g _capsa_list |TRUSTED|
set -q _capsa_in; or set -g _capsa_in ''
set -q _capsa_told; or set -g _capsa_told
set -q _capsa_own; or set -g _capsa_own ''

function capsa
    switch "$argv[1]"
        case activate deactivate
            if not contains -- -h $argv; and not contains -- --help $argv; and not contains -- --json $argv
                set -l verb $argv[1]
                set -e argv[1]
                _capsa_$verb $argv
                return
            end
        case trust
            _capsa_program $argv
            or return
            if status is-interactive
                set -g _capsa_in ''
                _capsa_look
            end
            return 0
    end
    _capsa_program $argv
end

function _capsa_program
    for word in $_capsa_words
        if string match -q '/*' -- $word; and not test -e $word
            command capsa $argv
            return
        end
    end
    command $_capsa_words $argv
end

# Three lines, read as data: the box, its scripts folder, the text for the prompt.
function _capsa_activate
    set -l IFS \n
    set -l facts (_capsa_program activate --facts $argv)
    or return
    if test (count $facts) -ne 3; or not string match -q '/*' -- $facts[1]; or not string match -q '/*' -- $facts[2]
        echo 'capsa: this hook is not that of the capsa that answered; a new shell has the right one' >&2
        return 1
    end
    _capsa_step_in $facts
end

function _capsa_deactivate
    if test -z "$VIRTUAL_ENV"
        echo 'capsa: no box is active' >&2
        return 1
    end
    if functions -q deactivate
        deactivate
        return 0
    end
    # A box that this shell was born with has no way out of its own: it goes from the variables.
    set -l kept
    for entry in $PATH
        if not contains -- $entry $VIRTUAL_ENV/bin $VIRTUAL_ENV/Scripts
            set -a kept $entry
        end
    end
    set -gx PATH $kept
    set -e VIRTUAL_ENV
    set -e VIRTUAL_ENV_PROMPT
    return 0
end

function _capsa_step_in -a _capsa_root _capsa_scripts _capsa_prompt
|STEP|end

# A test a level, no process. From the top, so that the nearest project is found last.
function _capsa_look
    set -l found ''
    set -l folder ''
    if test -f /.venv/.capsa/id
        set found /
    end
    for name in (string split -n / -- $PWD)
        set folder $folder/$name
        if test -f $folder/.venv/.capsa/id
            set found $folder
        end
    end
    if test "$found" != "$_capsa_in"
        set -g _capsa_in $found
        _capsa_change $found
    end
end

# The current folder lies in another project ($argv) than before, or in none ('').
function _capsa_change
    set -l box (string replace -r '/$' '' -- $argv)/.venv
    if contains HOOK $_CAPSA_KEPT; and test -n "$VIRTUAL_ENV"; and test "$VIRTUAL_ENV" = "$_capsa_own"
        if test -z "$argv"; or test "$VIRTUAL_ENV" != (builtin realpath $box 2>/dev/null; or echo -)
            _capsa_deactivate
        end
    end
    if test -n "$VIRTUAL_ENV"; or test -z "$argv"; or not test -O "$argv"
        return
    end
    set -l IFS \n
    set -l project (builtin realpath $argv 2>/dev/null; or echo -)
    set -l entry (_capsa_entry $project)
    set -l id ''
    if test -r $box/.capsa/id
        read id <$box/.capsa/id
    end
    set box (builtin realpath $box 2>/dev/null; or echo -)
    set -l programs (builtin realpath $box/bin 2>/dev/null; or echo -)
    if test (count $entry) -ne 3
        _capsa_say $argv 'this project has a box; to step into it on cd: capsa trust'
    else if test "$entry[1]" != "$id"
        _capsa_say $argv 'the box of this project is not the one that was trusted; to trust this one: capsa trust'
    else if not _capsa_is_safe $project $box $programs
        _capsa_say $argv \
            'others may write to this project or a folder above it, so its box is not stepped into; more: capsa trust'
    else
        _capsa_step_in $box $programs $entry[3]
        set -ga _CAPSA_KEPT HOOK
        set -g _capsa_own $box
    end
end

# Prints the fields of the list for a project, one a line.
function _capsa_entry
    if not test -f $_capsa_list; or not test -r $_capsa_list
        return 1
    end
    set -l text ''
    read -z text <$_capsa_list
    set -l line (string match -r -- '(?m)^[^\t\n]+\t'(string escape --style=regex -- $argv)'\t[^\t\n]+$' $text)
    and string split \t -- $line[-1]
end

# The project, its box and its programs ($argv, real paths) belong to the user; every folder on the way to them belongs to
# root or the user, and nobody else may write there. Above them a sticky folder like /tmp will do. No builtin tells a mode,
# so one process does: it names twice what is wrong, and once where the group may write, which may be the user's own.
function _capsa_is_safe
    set -l IFS \n
    set -l folders /
    set -l sticky ! -perm -1000
    for lowest in $argv
        if not test -d $lowest; or not test -O $lowest
            return 1
        end
        if test -k $lowest
            set sticky
        end
        set -l path ''
        for name in (string split -n / -- $lowest)
            set path $path/$name
            contains -- $path $folders
            or set -a folders $path
        end
    end
    set -q EUID
    or set -l EUID (command id -u)
    set -l found (command find $folders -prune '(' \
        '(' ! -user 0 ! -user $EUID -o -perm -0002 $sticky ')' -print -print -o -perm -0020 $sticky -print ')' 2>/dev/null)
    or return
    set -l seen
    for folder in $found
        if not test -G $folder; or contains -- $folder $seen
            return 1
        end
        set -a seen $folder
    end
    return 0
end

function _capsa_say
    if not contains -- "$argv" $_capsa_told
        set -ga _capsa_told "$argv"
        echo "capsa: $argv[2]" >&2
    end
end

# cd in a script is nobody's step.
if status is-interactive
    function _capsa_at_cd --on-variable PWD
        _capsa_look
    end
    _capsa_look
end
