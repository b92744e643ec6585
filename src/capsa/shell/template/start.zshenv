# Read by the zsh that `capsa shell` starts: your own .zshenv. Then it looks here for .zshrc. Made by capsa.

if [[ -n ${_CAPSA_ZDOTDIR+x} ]]; then
    ZDOTDIR=$_CAPSA_ZDOTDIR
else
    unset ZDOTDIR
fi
if [[ -f ${ZDOTDIR-$HOME}/.zshenv ]]; then
    . "${ZDOTDIR-$HOME}/.zshenv"
fi
# It may have said where your other start files are.
if [[ -n ${ZDOTDIR+x} ]]; then
    _CAPSA_ZDOTDIR=$ZDOTDIR
else
    unset _CAPSA_ZDOTDIR
fi
ZDOTDIR=$_CAPSA_START
