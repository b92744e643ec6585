# capsa in tcsh: sourced with the word "define" when the shell starts, by the alias `capsa` with "capsa" and what was typed,
# and with "look" when the current folder came into a project or out of one. Nothing of a box is run or read as code. Made
# by `capsa hook tcsh`.
#
# No csh has functions, its aliases know no branches, and one with several commands goes wrong behind a pipe or `&&`: so
# each alias is one command. An expression takes a word like -e for a test: an x stands before every text from elsewhere.
#
#     _capsa_at     the folder that was looked at last
#     _capsa_found  the project that the current folder lies in, with a / behind it, else nothing
#     _capsa_in     the same when it was looked at last       _capsa_told   what was said already
#     _capsa_own    the box that this stepped into, which then has HOOK in _CAPSA_KEPT

set _capsa_way = "$argv[1]:q"
set _capsa_words = (|CAPSA|)
foreach _capsa_word ($_capsa_words:q)
    if ("x$_capsa_word:q" !~ x/*) continue
    if (! -e $_capsa_word:q) set _capsa_words = (capsa)
end
unset _capsa_word

if ($_capsa_way == define) then
    set _capsa_hook = |KEPT|
    alias capsa 'source $_capsa_hook:q capsa \!*'
    if (! $?prompt) exit 0
    if (! $?_capsa_in) set _capsa_in = ''
    if (! $?_capsa_told) set _capsa_told = ()
    if (! $?_capsa_own) set _capsa_own = ''
    # What calls itself is text, as tcsh refuses that to an alias.
    set _capsa_here = '\
        if (-f "$_capsa_folder:q/.venv/.capsa/id") set _capsa_found = "$_capsa_folder:q/";\
        if ("x$_capsa_found:q" == x && "x$_capsa_folder:q" != x) eval "$_capsa_above:q"'
    set _capsa_above = 'set _capsa_folder = "$_capsa_folder:h:q"; eval "$_capsa_here:q"'
    set _capsa_search = '\
        set _capsa_found = "";\
        set _capsa_folder = "$cwd:q";\
        if ("x$_capsa_folder:q" == x/) set _capsa_folder = "";\
        eval "$_capsa_here:q";\
        if ("x$_capsa_found:q" != "x$_capsa_in:q") source $_capsa_hook:q look'
    # One expression sees whether there is anything to search for: a test a level, for eight of them.
    set _capsa_line = '"x$_capsa_in:q" != x || -f /.venv/.capsa/id'
    set _capsa_word = ''
    foreach _capsa_old (1 2 3 4 5 6 7 8)
        set _capsa_line = "$_capsa_line:q"' || -f "$cwd'"$_capsa_word"':q/.venv/.capsa/id"'
        set _capsa_word = $_capsa_word':h'
    end
    set _capsa_line = "$_capsa_line:q"' || "x$cwd'"$_capsa_word"':q" != x'
    set _capsa_look = 'set _capsa_at = "$cwd:q"; if ('"$_capsa_line:q"') eval "$_capsa_search:q"'
    eval "$_capsa_look:q"
    # A loop runs no cwdcmd, so that there is a look at the prompt too. What the user has there comes behind.
    foreach _capsa_word (cwdcmd precmd)
        set _capsa_line = 'if ("x$cwd:q" != "x$_capsa_at:q") eval "$_capsa_look:q"'
        set _capsa_old = "`alias $_capsa_word`"
        if ("x$_capsa_old:q" == x) then
            alias $_capsa_word $_capsa_line:q
        else if ("x$_capsa_old:q" !~ *_capsa_look*) then
            alias $_capsa_word "$_capsa_line:q;" $_capsa_old:q
        endif
    end
    unset _capsa_word _capsa_line _capsa_old
    exit 0
endif

if ($_capsa_way == capsa) then
    shift argv
    set _capsa_verb = ''
    if ($#argv) then
        set _capsa_verb = $argv[1]:q
    endif
    if ("x$_capsa_verb:q" == xactivate || "x$_capsa_verb:q" == xdeactivate) then
        foreach _capsa_word ($argv:q)
            if ("x$_capsa_word:q" == x-h || "x$_capsa_word:q" == x--help) set _capsa_verb = ''
            if ("x$_capsa_word:q" == x--json) set _capsa_verb = ''
        end
        unset _capsa_word
    endif
    # A list of words loses the empty ones where it is named as a whole: so each is named by its number.
    set _capsa_line = '$_capsa_words:q'
    set _capsa_word = 1
    if ("x$_capsa_verb:q" == xactivate) then
        set _capsa_line = "$_capsa_line:q activate --facts"
        set _capsa_word = 2
    endif
    while ($_capsa_word <= $#argv)
        set _capsa_line = "$_capsa_line:q"' "$argv['$_capsa_word']:q"'
        @ _capsa_word++
    end
    unset _capsa_word

    if ("x$_capsa_verb:q" == xactivate) then
        # Three lines, read as data. What stands in the backquotes is an alias, as words would be read once more there.
        alias _capsa_ask 'eval "$_capsa_line:q"'
        set _capsa_facts = "`_capsa_ask`"
        set _capsa_code = $status
        unalias _capsa_ask
        if ($_capsa_code) exit $_capsa_code
        set _capsa_right = 0
        if ($#_capsa_facts == 3) then
            if ("x$_capsa_facts[1]:q" =~ x/* && "x$_capsa_facts[2]:q" =~ x/*) set _capsa_right = 1
        endif
        if ($_capsa_right == 0) then
            /bin/sh -c 'echo "capsa: this hook is not that of the capsa that answered; a new shell has the right one" >&2'
            exit 1
        endif
        set _capsa_root = $_capsa_facts[1]:q
        set _capsa_scripts = $_capsa_facts[2]:q
        set _capsa_prompt = $_capsa_facts[3]:q
        unset _capsa_verb _capsa_facts _capsa_code _capsa_right
        goto step
    endif

    if ("x$_capsa_verb:q" == xdeactivate) then
        unset _capsa_verb
        if ($?VIRTUAL_ENV) then
            if ("x$VIRTUAL_ENV:q" != x) then
                set _capsa_word = ''
                if ($?_CAPSA_KEPT || $?_OLD_VIRTUAL_PATH) set _capsa_word = "`alias deactivate`"
                if ("x$_capsa_word:q" != x) then
                    unset _capsa_word
                    deactivate
                    exit 0
                endif
                # A box that this shell was born with has no way out of its own: it goes from the variables.
                set _capsa_kept = ()
                foreach _capsa_word ($path:q)
                    if ("x$_capsa_word:q" == "x$VIRTUAL_ENV:q/bin") continue
                    if ("x$_capsa_word:q" == "x$VIRTUAL_ENV:q/Scripts") continue
                    set _capsa_kept = ($_capsa_kept:q $_capsa_word:q)
                end
                set path = ($_capsa_kept:q)
                unset _capsa_kept _capsa_word
                unsetenv VIRTUAL_ENV
                unsetenv VIRTUAL_ENV_PROMPT
                exit 0
            endif
        endif
        /bin/sh -c 'echo "capsa: no box is active" >&2'
        exit 1
    endif

    if ("x$_capsa_verb:q" == xtrust && $?_capsa_in) then
        unset _capsa_verb
        eval "$_capsa_line:q"
        if ($status) exit $status
        set _capsa_in = ''
        eval "$_capsa_look:q"
        exit 0
    endif
    unset _capsa_verb
    eval "$_capsa_line:q"
    exit $status
endif

# In another project than before, or in none.
set _capsa_in = "$_capsa_found:q"
if ($?_CAPSA_KEPT && $?VIRTUAL_ENV) then
    if ("$_CAPSA_KEPT" =~ *-HOOK-* && "x$VIRTUAL_ENV:q" == "x$_capsa_own:q") then
        set _capsa_word = other
        if ("x$_capsa_found:q" != x && -d "$VIRTUAL_ENV:q") then
            if (-F "$VIRTUAL_ENV:q" == -F "$_capsa_found:q.venv") set _capsa_word = same
        endif
        if ($_capsa_word == other) then
            deactivate
        endif
        unset _capsa_word
    endif
endif
if ("x$_capsa_found:q" == x) exit 0
if ($?VIRTUAL_ENV) then
    if ("x$VIRTUAL_ENV:q" != x) exit 0
endif
if (! -o "$_capsa_found:q") exit 0

# The real path of the project is the one in the list. A path without links is its own; else another shell goes there to
# tell, as within a cwdcmd this one may not.
alias _capsa_where '/bin/sh -c '\''cd -P -- "$1" && pwd -P'\'' capsa $_capsa_place:q'
set _capsa_place = "$_capsa_found:h:q"
if ("x$_capsa_place:q" == x) set _capsa_place = /
set _capsa_real = "$_capsa_place:q"
set _capsa_word = "$_capsa_place:q"
while ("x$_capsa_word:q" != x && "x$_capsa_word:q" != x/)
    if (-l "$_capsa_word:q") then
        set _capsa_real = "`_capsa_where`"
        break
    endif
    set _capsa_word = "$_capsa_word:h:q"
end

set _capsa_entry = ()
set _capsa_problem = ''
set _capsa_list = |TRUSTED|
if (-f $_capsa_list:q && -r $_capsa_list:q && -o $_capsa_list:q) source $_capsa_list:q >& /dev/null
if ($#_capsa_entry != 2) then
    set _capsa_problem = 'this project has a box; to step into it on cd: capsa trust'
else
    alias _capsa_ask '/bin/sh -c '\''IFS= read -r id <"$1"; printf %s "$id"'\'' capsa $_capsa_found:q.venv/.capsa/id'
    set _capsa_word = "`_capsa_ask`"
    unalias _capsa_ask
    if ("x$_capsa_word:q" != "x$_capsa_entry[1]:q") then
        set _capsa_problem = 'the box of this project is not the one that was trusted; to trust this one: capsa trust'
    endif
endif

if ("x$_capsa_problem:q" == x) then
    # The project, its box and its programs belong to the user; every folder on the way to them belongs to root or the
    # user, and nobody else may write there. Above them a sticky folder like /tmp will do. A box or its programs may be
    # links: where they lead is what is entered.
    set _capsa_root = "$_capsa_real:q/.venv"
    if ("x$_capsa_real:q" == x/) set _capsa_root = /.venv
    set _capsa_scripts = "$_capsa_root:q/bin"
    if (-l "$_capsa_root:q" || -l "$_capsa_scripts:q") then
        set _capsa_place = "$_capsa_scripts:q"
        set _capsa_scripts = "`_capsa_where`"
        set _capsa_place = "$_capsa_root:q"
        set _capsa_root = "`_capsa_where`"
    endif
    set _capsa_is_safe = 1
    foreach _capsa_word ("$_capsa_real:q" "$_capsa_root:q" "$_capsa_scripts:q")
        if (! -d "$_capsa_word:q" || ! -o "$_capsa_word:q") set _capsa_is_safe = 0
        set _capsa_may_stick = 0
        while ($_capsa_is_safe)
            if (! -o "$_capsa_word:q" && -U "$_capsa_word:q" != 0) set _capsa_is_safe = 0
            if (! $_capsa_may_stick || ! -k "$_capsa_word:q") then
                if (-P2 "$_capsa_word:q") set _capsa_is_safe = 0
                if (-P20 "$_capsa_word:q" && -G "$_capsa_word:q" != $gid) set _capsa_is_safe = 0
            endif
            if ("x$_capsa_word:q" == x/) break
            set _capsa_word = "$_capsa_word:h:q"
            if ("x$_capsa_word:q" == x) set _capsa_word = /
            set _capsa_may_stick = 1
        end
    end
    if (! $_capsa_is_safe) then
        set _capsa_problem = 'others may write to this project or a folder above it, so its box is not stepped into;'
        set _capsa_problem = "$_capsa_problem more: capsa trust"
    endif
    unset _capsa_is_safe _capsa_may_stick
endif
unalias _capsa_where
set _capsa_word = "$_capsa_found:q $_capsa_problem:q"
unset _capsa_real _capsa_place _capsa_list

if ("x$_capsa_problem:q" != x) then
    foreach _capsa_line ($_capsa_told:q)
        if ("x$_capsa_line:q" == "x$_capsa_word:q") set _capsa_problem = ''
    end
    if ("x$_capsa_problem:q" != x) then
        set _capsa_told = ($_capsa_told:q "$_capsa_word:q")
        /bin/sh -c 'printf "capsa: %s\n" "$1" >&2' capsa "$_capsa_problem:q"
    endif
    unset _capsa_line _capsa_word _capsa_problem _capsa_entry _capsa_root _capsa_scripts
    exit 0
endif
set _capsa_prompt = $_capsa_entry[2]:q
unset _capsa_word _capsa_problem _capsa_entry

step:
|STEP|if ($_capsa_way == look) then
    set _CAPSA_KEPT = ${_CAPSA_KEPT}HOOK-
    set _capsa_own = "$VIRTUAL_ENV:q"
endif
exit 0
