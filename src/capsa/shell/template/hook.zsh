# capsa in zsh. `capsa activate` and `capsa deactivate` change this shell; in an interactive one a trusted project is
# stepped into on cd. Nothing of a box is run or read as code. Made by `capsa hook zsh`.
_capsa_words=(|CAPSA|)
_capsa_list=|TRUSTED|
_capsa_newline=$'\n' _capsa_tab=$'\t'

|HOOK|
# Steps into the box at _capsa_root. Plain `deactivate` is there as long as a box is active.
function _capsa_step_in {
    function deactivate {
|LEAVE|    }
|STEP|
}

function capsa {
    emulate -L zsh
    _capsa_command "$@"
}

function _capsa_read {
    _capsa_lines=("")
    if [[ ! -f $_capsa_list || ! -r $_capsa_list ]]; then
        return 1
    fi
    _capsa_lines+=("${(@f)$(<$_capsa_list)}")
}

# The project ($1, its real path), its box and its programs belong to the user; every folder on the way to them belongs
# to root or the user, and nobody else may write there. Above them a sticky folder like /tmp will do. A box or its
# programs may be links: where they lead is what is entered.
function _capsa_is_safe {
    typeset folder
    typeset -a wrong
    _capsa_root=${1%/}/.venv
    _capsa_scripts=$_capsa_root/bin
    if [[ ! -O $1 || ! -O $_capsa_root || ! -O $_capsa_scripts ]]; then
        return 1
    fi
    _capsa_root=${_capsa_root:A}
    _capsa_scripts=${_capsa_scripts:A}
    for folder in $1 $_capsa_root $_capsa_scripts; do
        wrong=("$folder"(NW) "$folder"(NI^G))
        while (( ! $#wrong )); do
            wrong=("$folder"(N^u0U) "$folder"(NW^t) "$folder"(NI^Gt))
            [[ $folder != / ]] || break
            folder=${folder:h}
        done
        if (( $#wrong )); then
            return 1
        fi
    done
}

function _capsa_at_cd {
    emulate -L zsh
    if (( ! ZSH_SUBSHELL )); then
        _capsa_look
    fi
}

# The start files may still change PATH and the prompt: the first look waits for the first prompt.
function _capsa_before_prompt {
    emulate -L zsh
    precmd_functions=(${precmd_functions:#_capsa_before_prompt})
    _capsa_look
}

function _capsa_register {
    emulate -L zsh
    typeset -ga chpwd_functions precmd_functions
    chpwd_functions=(${chpwd_functions:#_capsa_at_cd} _capsa_at_cd)
    precmd_functions=(_capsa_before_prompt ${precmd_functions:#_capsa_before_prompt})
}

if [[ -o interactive ]]; then
    _capsa_register
fi
