"""Activation for every POSIX shell: sh, bash, zsh, ksh, dash. One script, read by all of them.

Written by the rules of POSIX sh; what bash, zsh and ksh93 alone understand stands inside `eval`. Keeps its state under
the names that Python's own venv uses, so that each may be activated over the other. Never runs what a name holds: paths
and prompts are quoted here, and reach PS1 in a form that no shell expands again. Hot: texts and plain functions.
"""

from __future__ import annotations

HOT = True  # the fast path: see docs/adr

# Between two bars stands the name of a value; values are put in once and never looked at again.
_SCRIPT = r"""# Steps into this box:  . PATH-OF-THIS-FILE  (sh, bash, zsh, ksh, dash)
# `deactivate` steps out and leaves every variable as it was. Made by capsa.

# Where this file lies: each shell has its own way to tell; dash has none and goes by where the box was made.
_capsa_root=
if [ -n "${BASH_VERSION-}" ]; then
    eval '_capsa_root=${BASH_SOURCE-}'
elif [ -n "${ZSH_VERSION-}" ]; then
    eval '_capsa_root=${(%):-%x}'
else
    case ${KSH_VERSION-} in
        Version*) eval '_capsa_root=${.sh.file}' ;;
    esac
fi
case $_capsa_root in
    '') ;;
    [!/]* | *//* | */./* | */../*)
        case $_capsa_root in
            /*) _capsa_root=${_capsa_root%/*} ;;
            */*) _capsa_root=./${_capsa_root%/*} ;;
            *) _capsa_root=. ;;
        esac
        _capsa_root=$(unset -f cd pwd 2>/dev/null || :; \cd "$_capsa_root/.." >/dev/null 2>&1 && \pwd) || _capsa_root=
        ;;
    *) _capsa_root=${_capsa_root%/*/*} ;;
esac
if [ -z "$_capsa_root" ] || [ ! -f "$_capsa_root/pyvenv.cfg" ]; then
    _capsa_root=|ROOT|
    case ${OSTYPE-} in
        cygwin* | msys*) _capsa_root=$(cygpath -u "$_capsa_root") ;;
    esac
fi
if [ ! -f "$_capsa_root/pyvenv.cfg" ]; then
    printf '%s\n' "capsa: there is no box in $_capsa_root" \
        "hint: if it was moved, this shell can't tell where to: \`capsa create --upgrade PATH\`" >&2
    unset -v _capsa_root
    return 1
fi

# Another box may be active: its own way out comes first.
if [ -n "${VIRTUAL_ENV-}" ] && [ "$(command -v deactivate 2>/dev/null)" = deactivate ]; then
    deactivate nondestructive || :
fi

deactivate () {
    if [ -n "${_CAPSA_KEPT+x}" ]; then
        case $_CAPSA_KEPT in
            *' PATH '*) PATH=${_OLD_VIRTUAL_PATH-}; export PATH ;;
            *) unset -v PATH ;;
        esac
        case $_CAPSA_KEPT in
            *' PYTHONHOME '*) PYTHONHOME=${_OLD_VIRTUAL_PYTHONHOME-}; export PYTHONHOME ;;
        esac
        case $_CAPSA_KEPT in
            *' PS1 '*) PS1=${_OLD_VIRTUAL_PS1-} ;;
        esac
        case $_CAPSA_KEPT in
            *' VIRTUAL_ENV '*) VIRTUAL_ENV=${_CAPSA_OLD_ENV-}; export VIRTUAL_ENV ;;
            *) unset -v VIRTUAL_ENV ;;
        esac
        case $_CAPSA_KEPT in
            *' VIRTUAL_ENV_PROMPT '*) VIRTUAL_ENV_PROMPT=${_CAPSA_OLD_PROMPT-}; export VIRTUAL_ENV_PROMPT ;;
            *) unset -v VIRTUAL_ENV_PROMPT ;;
        esac
        unset -v _CAPSA_KEPT _CAPSA_OLD_ENV _CAPSA_OLD_PROMPT || :
        unset -v _OLD_VIRTUAL_PATH _OLD_VIRTUAL_PYTHONHOME _OLD_VIRTUAL_PS1 || :
        hash -r 2>/dev/null || :
    fi
    if [ "${1-}" != nondestructive ]; then
        unset -f deactivate
    fi
}

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
PATH="$VIRTUAL_ENV/|SCRIPTS|${PATH:+:$PATH}"
VIRTUAL_ENV_PROMPT=|PROMPT|
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
unset -v _capsa_root
hash -r 2>/dev/null || :
"""


def quote(text: str) -> str:
    """Return ``text`` as one word that a POSIX shell takes literally; plain words stay as they are."""
    if text and all(sign.isascii() and (sign.isalnum() or sign in "/._-+,@:") for sign in text):
        return text
    return "'" + text.replace("'", "'\\''") + "'"


def sh_script(root: str, prompt: str, scripts: str) -> str:
    """Return the text of ``activate`` for the environment at ``root`` whose programs lie in the folder ``scripts``.

    ``prompt`` is "" where the name of the environment's folder is to be shown (for ``.venv``: of the folder above).
    """
    values = {"ROOT": quote(root), "PROMPT": quote(prompt), "SCRIPTS": scripts}
    return filled(_SCRIPT, values)


def filled(template: str, values: dict[str, str]) -> str:
    """Return a template with each value put in place of its name between bars, in one pass."""
    for name in values:
        template = template.replace(f"|{name}|", f"\0{name}\0")
    return "".join(values[part] if index % 2 else part for index, part in enumerate(template.split("\0")))
