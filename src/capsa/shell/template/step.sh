# Expects the box in _capsa_root, its scripts folder in _capsa_scripts and the text for the prompt in _capsa_prompt.
unset -v _OLD_VIRTUAL_PATH _OLD_VIRTUAL_PYTHONHOME _OLD_VIRTUAL_PS1 || :
_CAPSA_KEPT=' '
if [ -n "${VIRTUAL_ENV+x}" ]; then
    _CAPSA_KEPT="${_CAPSA_KEPT}VIRTUAL_ENV " _CAPSA_OLD_ENV=$VIRTUAL_ENV
fi
if [ -n "${VIRTUAL_ENV_PROMPT+x}" ]; then
    _CAPSA_KEPT="${_CAPSA_KEPT}VIRTUAL_ENV_PROMPT " _CAPSA_OLD_PROMPT=$VIRTUAL_ENV_PROMPT
fi
if [ -n "${PATH+x}" ]; then
    _CAPSA_KEPT="${_CAPSA_KEPT}PATH " _OLD_VIRTUAL_PATH=$PATH
fi
VIRTUAL_ENV=$_capsa_root
PATH="$_capsa_scripts${PATH:+:$PATH}"
VIRTUAL_ENV_PROMPT=$_capsa_prompt
if [ -z "$VIRTUAL_ENV_PROMPT" ]; then
    case $VIRTUAL_ENV in
        */.venv) VIRTUAL_ENV_PROMPT=${VIRTUAL_ENV%/.venv} ;;
        *) VIRTUAL_ENV_PROMPT=$VIRTUAL_ENV ;;
    esac
    VIRTUAL_ENV_PROMPT=${VIRTUAL_ENV_PROMPT##*/}
fi
export VIRTUAL_ENV PATH VIRTUAL_ENV_PROMPT

# PYTHONHOME would make the environment's Python look elsewhere. One that is not exported harms nobody and stays.
if [ -n "${PYTHONHOME+x}" ] && [ "$(/bin/sh -c '[ -n "${PYTHONHOME+x}" ] || echo no')" != no ]; then
    _CAPSA_KEPT="${_CAPSA_KEPT}PYTHONHOME " _OLD_VIRTUAL_PYTHONHOME=$PYTHONHOME
    unset -v PYTHONHOME
fi

if [ -z "${VIRTUAL_ENV_DISABLE_PROMPT-}" ] && [ -n "${PS1+x}" ]; then
    _CAPSA_KEPT="${_CAPSA_KEPT}PS1 " _OLD_VIRTUAL_PS1=$PS1
    # A shell expands its prompt. What it would act on is shown by reference, which no shell expands twice; zsh, which
    # expands references only on demand, gets each sign escaped.
    case $VIRTUAL_ENV_PROMPT in
        *[[:cntrl:]]*) PS1="(environment) $PS1" ;;
        *\\* | *\$* | *\`* | *\'* | *\"* | *%* | *!*)
            if [ -n "${ZSH_VERSION-}" ]; then
                eval '_capsa_text=${VIRTUAL_ENV_PROMPT//\\/\\\\}
                    _capsa_text=${_capsa_text//\$/\\\$}
                    _capsa_text=${_capsa_text//\`/\\\`}
                    PS1="(${_capsa_text//\%/%%}) $PS1"'
                unset -v _capsa_text
            else
                PS1="(\${VIRTUAL_ENV_PROMPT-}) $PS1"
            fi
            ;;
        *) PS1="($VIRTUAL_ENV_PROMPT) $PS1" ;;
    esac
fi
unset -v _capsa_root _capsa_scripts _capsa_prompt
hash -r 2>/dev/null || :
