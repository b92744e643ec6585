# capsa in ksh93 and mksh. `capsa activate` and `capsa deactivate` change this shell; in an interactive one a trusted
# project is stepped into on cd. Nothing of a box is run or read as code. Made by `capsa hook ksh`.
_capsa_words=(|CAPSA|)
_capsa_list=|TRUSTED|
_capsa_newline=$'\n' _capsa_tab=$'\t'

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

# The whole file at once: mksh would read it sign by sign.
function _capsa_read {
    typeset IFS="$_capsa_newline" is_plain="$-"
    if [[ ! -f $_capsa_list || ! -r $_capsa_list ]]; then
        return 1
    fi
    set -f
    _capsa_lines=("" $(<"$_capsa_list"))
    if [[ $is_plain != *f* ]]; then
        set +f
    fi
    _capsa_ask
}

# mksh knows who the user is; ksh93 has to ask, once.
function _capsa_ask {
    _capsa_user=${KSHUID-${_capsa_user-$(command id -u)}}
    _capsa_group=${KSHEGID-${_capsa_group-$(command id -g)}}
}

# There is no command before each prompt here: the way to another folder is cd, also one that the user has made.
if [[ $- == *i* && -z ${_capsa_way-} ]]; then
    if typeset -f cd >/dev/null 2>&1; then
        _capsa_way=$(typeset -f cd)
        eval "${_capsa_way/cd/_capsa_cd}"
    else
        function _capsa_cd {
            command cd "$@"
        }
    fi
    _capsa_way=cd
    function cd {
        _capsa_cd "$@" || return
        if [[ $PWD != "$_capsa_at" ]] && ! _capsa_is_inner; then
            _capsa_look || :
        fi
    }
fi

# In a subshell nothing is to be seen.
function _capsa_is_inner {
    if [[ -n ${KSHUID-} ]]; then
        [[ $BASHPID != "$$" ]]
    else
        eval '(( .sh.subshell ))'
    fi
}

if [[ $- == *i* ]]; then
    _capsa_look
fi
