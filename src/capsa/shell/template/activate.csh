# Steps into this box:  source PATH-OF-THIS-FILE  (csh, tcsh)
# `deactivate` steps out and leaves every variable as it was. Made by capsa.

# No csh tells where a file lies that it reads. Linux shows the files that are open; elsewhere, and in a plain csh, this
# goes by where the box was made.
set _capsa_root = |ROOT|
if ($?tcsh && -d /proc/$$/fd) then
    foreach _capsa_word ("`/bin/sh -c 'readlink /proc/$$/fd/* 2>/dev/null; :'`")
        if ("x$_capsa_word:q" !~ */activate.csh) continue
        set _capsa_word = "$_capsa_word:h:q"
        set _capsa_word = "$_capsa_word:h:q"
        if (-f "$_capsa_word:q/pyvenv.cfg") set _capsa_place = "$_capsa_word:q"
    end
    if ($?_capsa_place) then
        # The same folder by another way, like a symbolic link, keeps the name that it was made by.
        set _capsa_word = other
        if (-d "$_capsa_root:q") then
            if (-F "$_capsa_root:q" == -F "$_capsa_place:q") set _capsa_word = same
        endif
        if ($_capsa_word == other) set _capsa_root = "$_capsa_place:q"
        unset _capsa_place
    endif
    unset _capsa_word
endif
if (! -f "$_capsa_root:q/pyvenv.cfg") then
    /bin/sh -c 'printf "%s\n" "$@" >&2' capsa "capsa: there is no box in $_capsa_root:q" \
        'hint: if it was moved, this shell cannot tell where to: `capsa create --upgrade PATH`'
    unset _capsa_root
    exit 1
endif
set _capsa_scripts = "$_capsa_root:q/|SCRIPTS|"
set _capsa_prompt = |PROMPT|
if ("x$_capsa_prompt:q" == x) then
    set _capsa_prompt = "$_capsa_root:t:q"
    if ("x$_capsa_prompt:q" == x.venv) then
        set _capsa_prompt = "$_capsa_root:h:q"
        set _capsa_prompt = "$_capsa_prompt:t:q"
    endif
endif

|STEP|