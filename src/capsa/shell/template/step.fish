# Expects the box in _capsa_root, its scripts folder in _capsa_scripts and the text for the prompt in _capsa_prompt.

# Another box may be active: its own way out comes first.
if set -q VIRTUAL_ENV; and functions -q deactivate
    deactivate nondestructive
end

function deactivate -d 'Step out of the box'
    if set -q _CAPSA_KEPT
        if contains PATH $_CAPSA_KEPT
            set -gx PATH $_OLD_VIRTUAL_PATH
        else
            set -e PATH
        end
        if contains PYTHONHOME $_CAPSA_KEPT
            set -gx PYTHONHOME $_OLD_VIRTUAL_PYTHONHOME
        else if contains PYTHONHOME-everywhere $_CAPSA_KEPT
            set -eg PYTHONHOME
        end
        set -eg VIRTUAL_ENV
        if contains VIRTUAL_ENV $_CAPSA_KEPT
            set -gx VIRTUAL_ENV $_CAPSA_OLD_ENV
        end
        set -eg VIRTUAL_ENV_PROMPT
        if contains VIRTUAL_ENV_PROMPT $_CAPSA_KEPT
            set -gx VIRTUAL_ENV_PROMPT $_CAPSA_OLD_PROMPT
        end
        if set -q _OLD_FISH_PROMPT_OVERRIDE; and functions -q _old_fish_prompt
            functions -e fish_prompt
            functions -c _old_fish_prompt fish_prompt
            functions -e _old_fish_prompt _capsa_status
        end
        set -eg _CAPSA_KEPT
        set -eg _CAPSA_OLD_ENV
        set -eg _CAPSA_OLD_PROMPT
        set -eg _OLD_VIRTUAL_PATH
        set -eg _OLD_VIRTUAL_PYTHONHOME
        set -eg _OLD_FISH_PROMPT_OVERRIDE
    end
    if test "$argv[1]" != nondestructive
        functions -e deactivate
    end
    return 0
end

set -g _CAPSA_KEPT none
if set -q VIRTUAL_ENV
    set -ga _CAPSA_KEPT VIRTUAL_ENV
    set -g _CAPSA_OLD_ENV $VIRTUAL_ENV
end
if set -q VIRTUAL_ENV_PROMPT
    set -ga _CAPSA_KEPT VIRTUAL_ENV_PROMPT
    set -g _CAPSA_OLD_PROMPT $VIRTUAL_ENV_PROMPT
end
if set -q PATH
    set -ga _CAPSA_KEPT PATH
    set -g _OLD_VIRTUAL_PATH $PATH
end
set -gx VIRTUAL_ENV $_capsa_root
set -gx PATH $_capsa_scripts $PATH
set -gx VIRTUAL_ENV_PROMPT $_capsa_prompt

# PYTHONHOME would make the environment's Python look elsewhere. A universal one is hidden: erasing it would reach the
# other sessions. One that is not exported harms nobody and stays.
if set -qgx PYTHONHOME
    set -ga _CAPSA_KEPT PYTHONHOME
    set -g _OLD_VIRTUAL_PYTHONHOME $PYTHONHOME
    set -eg PYTHONHOME
else if set -qUx PYTHONHOME
    set -ga _CAPSA_KEPT PYTHONHOME-everywhere
    set -gx PYTHONHOME ''
end

if test -z "$VIRTUAL_ENV_DISABLE_PROMPT"; and functions -q fish_prompt
    functions -c fish_prompt _old_fish_prompt
    function _capsa_status
        return $argv[1]
    end
    function fish_prompt
        set -l code $status
        printf '(%s) ' (string replace -ra '\p{Cc}' '?' -- $VIRTUAL_ENV_PROMPT)
        _capsa_status $code
        _old_fish_prompt
    end
    set -g _OLD_FISH_PROMPT_OVERRIDE $VIRTUAL_ENV
end
