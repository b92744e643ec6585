# Expects the box in _capsa_root, its scripts folder in _capsa_scripts and the text for the prompt in _capsa_prompt. An
# expression takes a word like -e for a test: an x stands before every text that comes from elsewhere.

# Another box may be active: its own way out comes first.
if ($?_CAPSA_KEPT || $?_OLD_VIRTUAL_PATH) then
    set _capsa_known = "`alias deactivate`"
    if ("x$_capsa_known:q" != x) then
        deactivate nondestructive
    endif
    unset _capsa_known
endif

# What comes back; a value that was not there is empty here, and its name is not among those kept.
set _CAPSA_KEPT = -
set _CAPSA_OLD_ENV = ''
set _CAPSA_OLD_PROMPT = ''
set _CAPSA_OLD_WORDS = ()
set _OLD_VIRTUAL_PATH = ''
set _OLD_VIRTUAL_PYTHONHOME = ''
set _OLD_VIRTUAL_PROMPT = ()
if ($?VIRTUAL_ENV) then
    set _CAPSA_KEPT = ${_CAPSA_KEPT}ENV-
    set _CAPSA_OLD_ENV = "$VIRTUAL_ENV:q"
endif
if ($?VIRTUAL_ENV_PROMPT) then
    set _CAPSA_KEPT = ${_CAPSA_KEPT}TEXT-
    set _CAPSA_OLD_PROMPT = "$VIRTUAL_ENV_PROMPT:q"
endif
if ($?PATH) then
    set _CAPSA_KEPT = ${_CAPSA_KEPT}PATH-
    set _OLD_VIRTUAL_PATH = "$PATH:q"
else if ($?path) then
    set _CAPSA_KEPT = ${_CAPSA_KEPT}WORDS-
    set _CAPSA_OLD_WORDS = ($path:q)
endif

setenv VIRTUAL_ENV "$_capsa_root:q"
if ("x$_OLD_VIRTUAL_PATH:q" != x) then
    setenv PATH "$_capsa_scripts:q"':'"$_OLD_VIRTUAL_PATH:q"
else
    set path = ($_capsa_scripts:q $_CAPSA_OLD_WORDS:q)
endif
setenv VIRTUAL_ENV_PROMPT "$_capsa_prompt:q"
unset _capsa_root _capsa_scripts _capsa_prompt

# PYTHONHOME would make the environment's Python look elsewhere. One that is not exported harms nobody and stays.
if ($?PYTHONHOME) then
    if (`/bin/sh -c 'echo ${PYTHONHOME+exported}'` == exported) then
        set _CAPSA_KEPT = ${_CAPSA_KEPT}PYTHONHOME-
        set _OLD_VIRTUAL_PYTHONHOME = "`/usr/bin/printenv PYTHONHOME`"
        unsetenv PYTHONHOME
    endif
endif

if ($?prompt) then
    if ($?VIRTUAL_ENV_DISABLE_PROMPT) then
        if ("x$VIRTUAL_ENV_DISABLE_PROMPT:q" != x) set _capsa_quiet
    endif
    if (! $?_capsa_quiet) then
        set _CAPSA_KEPT = ${_CAPSA_KEPT}PROMPT-
        if ("x$prompt:q" == x) set _CAPSA_KEPT = ${_CAPSA_KEPT}BLANK-
        set _OLD_VIRTUAL_PROMPT = ($prompt:q)
        # A prompt is expanded. tcsh takes the text by reference and leaves it alone; a plain csh knows only of `!`.
        if (`/bin/sh -c 'test "${VIRTUAL_ENV_PROMPT#*[[:cntrl:]]}" = "$VIRTUAL_ENV_PROMPT" || echo control'` == control) then
            set prompt = "(environment) $prompt:q"
        else if ($?tcsh) then
            set prompt = '(%$VIRTUAL_ENV_PROMPT) '"$prompt:q"
        else if ("x$VIRTUAL_ENV_PROMPT:q" =~ *\!*) then
            set prompt = "(environment) $prompt:q"
        else
            set prompt = "($VIRTUAL_ENV_PROMPT:q) $prompt:q"
        endif
    endif
    unset _capsa_quiet
endif

# Every value is there, so that a line can name it before it is known whether it is wanted. A word behind `deactivate`
# becomes one more name to unset.
set _CAPSA_WAY_OUT = '\
    if ("$_CAPSA_KEPT" !~ *-ENV-*) unsetenv VIRTUAL_ENV;\
    if ("$_CAPSA_KEPT" =~ *-ENV-*) setenv VIRTUAL_ENV "$_CAPSA_OLD_ENV:q";\
    if ("$_CAPSA_KEPT" !~ *-TEXT-*) unsetenv VIRTUAL_ENV_PROMPT;\
    if ("$_CAPSA_KEPT" =~ *-TEXT-*) setenv VIRTUAL_ENV_PROMPT "$_CAPSA_OLD_PROMPT:q";\
    if ("$_CAPSA_KEPT" =~ *-PYTHONHOME-*) setenv PYTHONHOME "$_OLD_VIRTUAL_PYTHONHOME:q";\
    if ("$_CAPSA_KEPT" =~ *-PROMPT-*) set prompt = ($_OLD_VIRTUAL_PROMPT:q);\
    if ("$_CAPSA_KEPT" =~ *-BLANK-*) set prompt = "";\
    if ("$_CAPSA_KEPT" =~ *-PATH-*) setenv PATH "$_OLD_VIRTUAL_PATH:q";\
    if ("$_CAPSA_KEPT" !~ *-PATH-*) set path = ($_CAPSA_OLD_WORDS:q);\
    if ("$_CAPSA_KEPT" !~ *-PATH-*) unsetenv PATH;\
    if ("$_CAPSA_KEPT" !~ *-PATH-* && "$_CAPSA_KEPT" !~ *-WORDS-*) unset path;\
    unalias deactivate;\
    unset _CAPSA_KEPT _CAPSA_OLD_ENV _CAPSA_OLD_PROMPT _CAPSA_OLD_WORDS _CAPSA_WAY_OUT;\
    unset _OLD_VIRTUAL_PATH _OLD_VIRTUAL_PYTHONHOME _OLD_VIRTUAL_PROMPT'
alias deactivate 'eval $_CAPSA_WAY_OUT:q'
