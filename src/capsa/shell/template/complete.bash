# TAB for capsa in bash. Names come from folders, as data: they are quoted when they are put into the line. By capsa.

_capsa_table() {
    takes=text most=0 options=()
    case $1 in
|CASES|
    esac
    options+=(|ALL|)
}

# The kind of word that an option ($1) takes, into `kind`; "flag" for one that takes none.
_capsa_kind() {
    local row
    kind=flag
    for row in "${options[@]}"; do
        case " ${row%%$'\t'*} " in
            *" $1 "*)
                row=${row#*$'\t'}
                kind=${row%%$'\t'*}
                return
                ;;
        esac
    done
}

# Offer a word ($1) for what was typed ($2) after the part that is left out ($3), quoted where it has to be.
_capsa_add() {
    local word=$1
    case $2 in
        \'*) [[ $word != *\'* && $word == "${2#?}"* ]] && COMPREPLY+=("$word") ;;
        \"*) [[ $word != *[\"\$\`\\!]* && $word == "${2#?}"* ]] && COMPREPLY+=("$word") ;;
        *)
            printf -v word %q "$word"
            [[ $word == "$2"* || $1 == "$2"* ]] && COMPREPLY+=("$word")
            ;;
    esac
    return 0
}

# Entries of a folder ($1) that have a file ($2) in them; in a subshell, as the options of globs are changed.
_capsa_boxes() (
    shopt -u failglob
    shopt -s nullglob
    set +f
    for entry in "$1"/*/; do
        entry=${entry%/}
        [[ -f $entry/pyvenv.cfg ]] && printf '%s\n' "${entry##*/}"
    done
)

# The packages of the active box, else of the nearest .venv. Names that no package can have are passed over.
_capsa_packages() (
    shopt -u failglob
    shopt -s nullglob
    set +f
    box=${VIRTUAL_ENV-} folder=$PWD
    while [[ -z $box && -n $folder ]]; do
        [[ -f $folder/.venv/pyvenv.cfg ]] && box=$folder/.venv
        folder=${folder%/*}
    done
    [[ -n $box ]] || return 0
    for entry in "$box"/lib/*/site-packages/*.dist-info "$box"/Lib/site-packages/*.dist-info; do
        entry=${entry##*/}
        entry=${entry%%-*}
        [[ $entry == *[!A-Za-z0-9._]* ]] || printf '%s\n' "${entry//_/-}"
    done
)

# Offer words of a kind ($1) for what was typed ($2).
_capsa_offer() {
    local word list=()
    case $1 in
        choice\ *)
            IFS=' ' read -r -a list <<<"${1#choice }"
            ;;
        box)
            while IFS= read -r word; do
                list+=("$word")
            done < <(_capsa_boxes |NAMED|)
            compopt -o plusdirs 2>/dev/null
            ;;
        package)
            while IFS= read -r word; do
                list+=("$word")
            done < <(_capsa_packages)
            ;;
        folder)
            compopt +o default -o dirnames 2>/dev/null
            ;;
        command)
            if [[ $2 != */* ]]; then
                while IFS= read -r word; do
                    list+=("$word")
                done < <(compgen -c -- "$2" 2>/dev/null)
            fi
            ;;
    esac
    for word in ${list[@]+"${list[@]}"}; do
        _capsa_add "$word" "$2"
    done
}

_capsa_complete() {
    local IFS=$' \t\n' current word verb= kind= waiting= takes most options row position=1 count=0
    local verbs=(|VERBS|) seconds=(|SECONDS|)
    COMPREPLY=()
    _capsa_table ''
    while ((position < COMP_CWORD)); do
        word=${COMP_WORDS[position]}
        position=$((position + 1))
        if [[ $word == = ]]; then
            # `--option=word` is three words here.
            waiting=${kind#=}
            [[ $waiting != flag ]] || waiting=
        elif [[ -n $waiting ]]; then
            waiting=
        elif [[ $word == -?* ]]; then
            _capsa_kind "$word"
            case $kind in
                flag | =*) ;;
                *) waiting=$kind ;;
            esac
        elif [[ -z $verb ]]; then
            verb=$word
            _capsa_table "$verb"
        else
            for row in "${seconds[@]}"; do
                if [[ ${row%%$'\t'*} == "$verb $word" ]]; then
                    verb="$verb $word"
                    _capsa_table "$verb"
                    continue 2
                fi
            done
            count=$((count + 1))
            if [[ $takes == command ]]; then
                # The words of another command.
                return
            fi
        fi
    done
    current=${COMP_WORDS[COMP_CWORD]}
    if [[ $current == = ]]; then
        _capsa_offer "${kind#=}" ''
    elif [[ -n $waiting ]]; then
        _capsa_offer "$waiting" "$current"
    elif [[ $current == -* ]]; then
        for row in "${options[@]}"; do
            for word in ${row%%$'\t'*}; do
                _capsa_add "$word" "$current"
            done
        done
    elif [[ -z $verb ]]; then
        for row in "${verbs[@]}"; do
            _capsa_add "${row%%$'\t'*}" "$current"
        done
    else
        for row in "${seconds[@]}"; do
            if [[ ${row%%$'\t'*} == "$verb "* && $count -eq 0 ]]; then
                row=${row%%$'\t'*}
                _capsa_add "${row#* }" "$current"
            fi
        done
        if ((count < most)); then
            _capsa_offer "$takes" "$current"
        fi
    fi
    return 0
}

complete -o default -F _capsa_complete capsa
