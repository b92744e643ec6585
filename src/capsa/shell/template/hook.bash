# capsa in bash. `capsa activate` and `capsa deactivate` change this shell; in an interactive one a trusted project is
# stepped into on cd. Nothing of a box is run or read as code. Made by `capsa hook bash`.
_capsa_words=(|CAPSA|)
_capsa_list=|TRUSTED|
_capsa_newline=$'\n' _capsa_tab=$'\t'
_capsa_user=${EUID-} _capsa_group=${GROUPS[0]-}

|HOOK|
|FIND|
# Steps into the box at _capsa_root. Plain `deactivate` is there as long as a box is active.
function _capsa_step_in {
    function deactivate {
|LEAVE|    }
|STEP|
}

function capsa {
    _capsa_command "$@"
}

function _capsa_read {
    typeset entry
    _capsa_lines=("")
    if [[ ! -f $_capsa_list || ! -r $_capsa_list ]]; then
        return 1
    fi
    if [[ ${BASH_VERSINFO[0]} -ge 4 ]]; then
        mapfile -t _capsa_lines <"$_capsa_list"
    else
        while IFS= read -r entry || [[ -n $entry ]]; do
            _capsa_lines+=("$entry")
        done <"$_capsa_list"
    fi
    _capsa_lines+=("")
}

# The commands after this one find the status as it was; under `set -e`, where that would end the shell, they find 0.
function _capsa_before_prompt {
    case $?${PWD-} in
        0"$_capsa_at") ;;
        *) _capsa_catch_up $? ;;
    esac
}

function _capsa_catch_up {
    if [[ ${PWD-} != "$_capsa_at" ]]; then
        _capsa_look
    fi
    if [[ $- == *e* ]]; then
        return 0
    fi
    return "$1"
}

# The first word of a list of commands is also the whole of a single one.
if [[ $- == *i* && "${PROMPT_COMMAND[*]-}" != *_capsa_before_prompt* ]]; then
    PROMPT_COMMAND="_capsa_before_prompt${PROMPT_COMMAND:+;$PROMPT_COMMAND}"
fi
