# Steps into this box:  . PATH-OF-THIS-FILE  (sh, bash, zsh, ksh, dash)
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

_capsa_scripts=$_capsa_root/|SCRIPTS|
_capsa_prompt=|PROMPT|

# Another box may be active: its own way out comes first.
if [ -n "${VIRTUAL_ENV-}" ] && [ "$(command -v deactivate 2>/dev/null)" = deactivate ]; then
    deactivate nondestructive || :
fi

deactivate () {
|LEAVE|}

|STEP|