# Read by the sh, dash or ksh that `capsa shell` starts: your own start file, then the box. Made by capsa.

if [ -n "${_CAPSA_ENV+x}" ]; then
    ENV=$_CAPSA_ENV
    # As the shell itself would take it.
    eval "_capsa_rc=\"$ENV\""
else
    unset -v ENV
    _capsa_rc=
    case ${KSH_VERSION-} in
        *MIRBSD*) _capsa_rc=$HOME/.mkshrc ;;
        ?*) _capsa_rc=$HOME/.kshrc ;;
    esac
fi
unset -v _CAPSA_ENV
if [ -f "$_capsa_rc" ]; then
    . "$_capsa_rc"
fi
unset -v _capsa_rc
# ksh93 gives itself its prompt only after this, and the box has to find it.
if [ -z "${PS1+x}" ]; then
    PS1='$ '
    [ "$(id -u 2>/dev/null)" != 0 ] || PS1='# '
fi
. "$_CAPSA_STEP"
unset -v _CAPSA_STEP
