#compdef capsa
# TAB for capsa in zsh. Names come from folders, as data: zsh quotes them when it puts them into the line. By capsa.

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
        if [[ " ${row%%$'\t'*} " == *" $1 "* ]]; then
            row=${row#*$'\t'}
            kind=${row%%$'\t'*}
            return
        fi
    done
}

# Offer words of a kind ($1).
_capsa_offer() {
    local entry box folder
    local -a list
    case $1 in
        choice\ *) list=(${(s: :)${1#choice }}) ;;
        box)
            for entry in |NAMED|/*(N/); do
                [[ -f $entry/pyvenv.cfg ]] && list+=("${entry:t}")
            done
            compadd -a list
            _files -/
            return
            ;;
        package)
            box=${VIRTUAL_ENV-} folder=$PWD
            while [[ -z $box && -n $folder ]]; do
                [[ -f $folder/.venv/pyvenv.cfg ]] && box=$folder/.venv
                folder=${folder%/*}
            done
            [[ -n $box ]] || return 1
            for entry in $box/lib/*/site-packages/*.dist-info(N:t) $box/Lib/site-packages/*.dist-info(N:t); do
                entry=${entry%%-*}
                # Names that no package can have are passed over.
                [[ $entry == *[^A-Za-z0-9._]* ]] || list+=("${entry//_/-}")
            done
            ;;
        folder) _files -/; return ;;
        file) _files; return ;;
        command) _command_names -e; return ;;
        *) return 1 ;;
    esac
    compadd -a list
}

_capsa() {
    emulate -L zsh -o extended_glob
    local word verb kind waiting takes row
    integer most count position=2
    local -a options verbs seconds list shown
    verbs=(|VERBS|)
    seconds=(|SECONDS|)
    _capsa_table ''
    while ((position < CURRENT)); do
        word=${(Q)words[position]}
        ((position++))
        if [[ -n $waiting ]]; then
            waiting=
        elif [[ $word == --*=* ]]; then
            :
        elif [[ $word == -?* ]]; then
            _capsa_kind $word
            [[ $kind == (flag|=*) ]] || waiting=$kind
        elif [[ -z $verb ]]; then
            verb=$word
            _capsa_table $verb
        elif [[ -n ${(M)seconds:#"$verb $word"$'\t'*} ]]; then
            verb="$verb $word"
            _capsa_table $verb
        else
            ((count++))
            if [[ $takes == command ]]; then
                # The words of another command.
                _files
                return
            fi
        fi
    done
    word=$words[CURRENT]
    if [[ -n $waiting ]]; then
        _capsa_offer $waiting
    elif [[ $word == --*=* ]]; then
        _capsa_kind ${word%%=*}
        compset -P '*='
        _capsa_offer ${kind#=}
    elif [[ $word == -* ]]; then
        for row in $options; do
            for word in ${(s: :)row%%$'\t'*}; do
                list+=($word) shown+=("$word  -- ${row##*$'\t'}")
            done
        done
        compadd -l -d shown -a list
    elif [[ -z $verb ]]; then
        for row in $verbs; do
            list+=(${row%%$'\t'*}) shown+=("${row/$'\t'/  -- }")
        done
        compadd -l -d shown -a list
    else
        for row in $seconds; do
            if [[ $row == "$verb "* ]]; then
                row=${row#* }
                list+=(${row%%$'\t'*}) shown+=("${row/$'\t'/  -- }")
            fi
        done
        if (($#list)); then
            compadd -l -d shown -a list
        elif ((count < most)); then
            _capsa_offer $takes
        fi
    fi
}

if [[ ${funcstack[1]-} == _capsa ]]; then
    _capsa "$@"
elif ((${+functions[compdef]})); then
    compdef _capsa capsa
fi
