# Read by the zsh that `capsa shell` starts: your own .zshrc, then the box. Made by capsa.

if [[ -n ${_CAPSA_ZDOTDIR+x} ]]; then
    ZDOTDIR=$_CAPSA_ZDOTDIR
else
    unset ZDOTDIR
fi
# Some systems put the history where the start files are.
if [[ ${HISTFILE-} == $_CAPSA_START/* ]]; then
    HISTFILE=${ZDOTDIR-$HOME}/${HISTFILE##*/}
fi
unset _CAPSA_ZDOTDIR _CAPSA_START
if [[ -f ${ZDOTDIR-$HOME}/.zshrc ]]; then
    . "${ZDOTDIR-$HOME}/.zshrc"
fi
. "$_CAPSA_STEP"
unset _CAPSA_STEP
