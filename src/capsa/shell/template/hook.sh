# The same in bash, zsh and ksh, also under `set -eu`, `noglob` and any IFS. What each does in its own way is called
# _capsa_step_in, _capsa_read (the list into _capsa_lines), _capsa_is_safe (which finds _capsa_root, _capsa_scripts).
#
#     _capsa_at    the folder looked at last          _capsa_in     the project it lies in
#     _capsa_was   the box active after that look     _capsa_out    the project whose box was left by hand
#     _capsa_told  what was said already              _capsa_own   the box stepped into, with HOOK in _CAPSA_KEPT
unalias capsa 2>/dev/null || :
: "${_capsa_at=}" "${_capsa_in=}" "${_capsa_was=}" "${_capsa_out=}" "${_capsa_told=}" "${_capsa_own=}"

function _capsa_command {
    typeset word
    case ${1-} in
        activate | deactivate)
            for word in "$@"; do
                case $word in
                    -h | --help | --json)
                        _capsa_program "$@"
                        return
                        ;;
                esac
            done
            word=$1
            shift
            "_capsa_$word" "$@"
            ;;
        trust)
            _capsa_program "$@" || return
            if [[ $- == *i* ]]; then
                _capsa_look
            fi
            ;;
        *) _capsa_program "$@" ;;
    esac
}

function _capsa_program {
    typeset word
    for word in "${_capsa_words[@]}"; do
        if [[ $word == /* && ! -e $word ]]; then
            command capsa "$@"
            return
        fi
    done
    "${_capsa_words[@]}" "$@"
}

# Three lines, read as data: the box, its scripts folder, the text for the prompt.
function _capsa_activate {
    typeset facts more
    facts=$(_capsa_program activate --facts "$@") || return
    more=${facts#*"$_capsa_newline"}
    _capsa_root=${facts%%"$_capsa_newline"*}
    _capsa_scripts=${more%%"$_capsa_newline"*}
    _capsa_prompt=${more#*"$_capsa_newline"}
    if [[ $facts != /*"$_capsa_newline"/*"$_capsa_newline"?* || $_capsa_prompt == *"$_capsa_newline"* ]]; then
        echo 'capsa: this hook is not that of the capsa that answered; a new shell has the right one' >&2
        return 1
    fi
    if [[ -n ${VIRTUAL_ENV-} ]] && typeset -f deactivate >/dev/null 2>&1; then
        \deactivate nondestructive || :
    fi
    _capsa_step_in
    _capsa_was=$VIRTUAL_ENV
}

function _capsa_deactivate {
    if [[ -z ${VIRTUAL_ENV-} ]]; then
        echo 'capsa: no box is active' >&2
        return 1
    fi
    _capsa_step_out
    _capsa_out=$_capsa_in _capsa_was=${VIRTUAL_ENV-}
}

# A box that this shell was born with has no way out of its own: it goes from the variables.
function _capsa_step_out {
    typeset entry "rest=${PATH-}:" kept=
    if typeset -f deactivate >/dev/null 2>&1; then
        \deactivate
        return
    fi
    while [[ -n $rest ]]; do
        entry=${rest%%:*} rest=${rest#*:}
        if [[ $entry != "$VIRTUAL_ENV/bin" && $entry != "$VIRTUAL_ENV/Scripts" ]]; then
            kept=$kept:$entry
        fi
    done
    PATH=${kept#:}
    unset -v VIRTUAL_ENV VIRTUAL_ENV_PROMPT || :
    hash -r 2>/dev/null || :
}

# Called when the current folder has changed: a test a level, no process.
function _capsa_look {
    typeset "folder=${PWD-}" found=
    _capsa_at=$folder
    if [[ $folder != /* ]]; then
        return 0
    fi
    folder=${folder%/}
    while [[ ! -f $folder/.venv/.capsa/id && -n $folder ]]; do
        folder=${folder%/*}
    done
    if [[ -n $folder || -f /.venv/.capsa/id ]]; then
        found=${folder:-/}
    elif [[ -z $_capsa_was${VIRTUAL_ENV-} ]]; then
        _capsa_in= _capsa_out=
        return 0
    fi
    if [[ -z ${VIRTUAL_ENV-} && -n $_capsa_was && $found == "$_capsa_in" ]]; then
        _capsa_out=$found
    elif [[ $found != "$_capsa_out" ]]; then
        _capsa_out=
    fi
    _capsa_in=$found
    # The script of another tool may have come in between, which leaves the mark.
    if [[ ${_CAPSA_KEPT-} == *' HOOK '* && -n ${VIRTUAL_ENV-} && $VIRTUAL_ENV == "$_capsa_own" ]]; then
        if [[ -z $found || $VIRTUAL_ENV != "$folder/.venv" && ! $VIRTUAL_ENV -ef $folder/.venv ]]; then
            _capsa_step_out
        fi
    fi
    if [[ -z ${VIRTUAL_ENV-} && -n $found && $found != "$_capsa_out" ]]; then
        _capsa_meet "$found"
    fi
    _capsa_was=${VIRTUAL_ENV-}
}

# A project ($1) whose box is not active: step in, or say once why not. It is entered by its real path, the one in
# the list: a link on the way here could be led elsewhere later.
function _capsa_meet {
    typeset id=
    if [[ ! -O $1 ]]; then
        return 0
    fi
    if ! _capsa_listed "$1"; then
        _capsa_say "$1" 'this project has a box; to step into it on cd: capsa trust'
        return 0
    fi
    { IFS= read -r id <"${_capsa_real%/}/.venv/.capsa/id"; } 2>/dev/null || :
    if [[ $id != "$_capsa_id" ]]; then
        _capsa_say "$1" 'the box of this project is not the one that was trusted; to trust this one: capsa trust'
    elif ! _capsa_is_safe "$_capsa_real"; then
        _capsa_say "$1" \
            'others may write to this project or a folder above it, so its box is not stepped into; more: capsa trust'
    else
        _capsa_step_in
        _CAPSA_KEPT="${_CAPSA_KEPT}HOOK " _capsa_own=$VIRTUAL_ENV
    fi
    unset -v _capsa_id _capsa_real _capsa_root _capsa_scripts _capsa_prompt || :
}

# Find the line of the list for a project ($1). A path without links is its own real path.
function _capsa_listed {
    typeset entry folder has_link=
    if _capsa_is_linked "$1"; then
        has_link=yes
    fi
    _capsa_read || return
    for entry in "${_capsa_lines[@]}"; do
        if [[ -z $has_link && $entry != *"$_capsa_tab$1$_capsa_tab"* ]]; then
            continue
        fi
        _capsa_id=${entry%%"$_capsa_tab"*}
        entry=${entry#*"$_capsa_tab"}
        folder=${entry%%"$_capsa_tab"*}
        if [[ -z $_capsa_id || $folder != /* ]]; then
            continue
        fi
        if [[ $folder == "$1" || $folder -ef $1 ]] && ! _capsa_is_linked "$folder"; then
            _capsa_real=$folder
            _capsa_prompt=${entry#*"$_capsa_tab"}
            return 0
        fi
    done
    return 1
}

function _capsa_is_linked {
    typeset "folder=$1"
    while [[ -n $folder ]]; do
        if [[ -L $folder ]]; then
            return 0
        fi
        folder=${folder%/*}
    done
    return 1
}

function _capsa_say {
    case $_capsa_told in
        *"$_capsa_newline$1 $2$_capsa_newline"*) ;;
        *)
            _capsa_told=$_capsa_told$_capsa_newline$1\ $2$_capsa_newline
            echo "capsa: $2" >&2
            ;;
    esac
}
