# Read by the tcsh that `capsa shell` starts, which takes this folder for your home: your own start file, then the box.
# Made by capsa.

setenv HOME "$_CAPSA_HOME:q"
unsetenv _CAPSA_HOME
if (-f ~/.tcshrc) then
    source ~/.tcshrc
else if (-f ~/.cshrc) then
    source ~/.cshrc
endif
source "$_CAPSA_STEP:q"
unsetenv _CAPSA_STEP
