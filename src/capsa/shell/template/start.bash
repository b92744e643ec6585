# Read by the bash that `capsa shell` starts: your own start file, then the box. Made by capsa.

if [ -f ~/.bashrc ]; then
    . ~/.bashrc
fi
. "$_CAPSA_STEP"
unset -v _CAPSA_STEP
