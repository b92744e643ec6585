"""Activation for fish. State is kept under the names that Python's own venv uses; nothing that a name holds is run.

Hot: texts and plain functions.
"""

from __future__ import annotations

from capsa.shell.sh import filled

HOT = True  # the fast path: see docs/adr

_SCRIPT = r"""# Steps into this box:  source PATH-OF-THIS-FILE  (fish)
# `deactivate` steps out and leaves every variable as it was. Made by capsa.

set -l _capsa_root (status filename)
if test (count $_capsa_root) -ne 1
    set _capsa_root -
end
if not string match -q '/*' -- $_capsa_root
    set _capsa_root $PWD/$_capsa_root
end
if string match -qr '//|/\./|/\.\./' -- $_capsa_root
    set _capsa_root (builtin realpath -s -- $_capsa_root 2>/dev/null; or echo -)
end
set _capsa_root (string replace -r '/[^/]*/[^/]*$' '' -- $_capsa_root)
if not test -f "$_capsa_root/pyvenv.cfg"
    set _capsa_root |ROOT|
end
if not test -f "$_capsa_root/pyvenv.cfg"
    echo "capsa: there is no box in $_capsa_root" >&2
    return 1
end

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
set -gx PATH "$VIRTUAL_ENV/|SCRIPTS|" $PATH
set -gx VIRTUAL_ENV_PROMPT |PROMPT|
if test -z "$VIRTUAL_ENV_PROMPT"
    set -gx VIRTUAL_ENV_PROMPT (string replace -r '.*/' '' -- (string replace -r '/\.venv$' '' -- $VIRTUAL_ENV))
end

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
        printf '(%s) ' (string replace -ra '[[:cntrl:]]' '?' -- $VIRTUAL_ENV_PROMPT)
        _capsa_status $code
        _old_fish_prompt
    end
    set -g _OLD_FISH_PROMPT_OVERRIDE $VIRTUAL_ENV
end
"""


def quote(text: str) -> str:
    """Return ``text`` as one word that fish takes literally; plain words stay as they are."""
    if text and all(sign.isascii() and (sign.isalnum() or sign in "/._-+,@:") for sign in text):
        return text
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_script(root: str, prompt: str, scripts: str) -> str:
    """Return the text of ``activate.fish``; the arguments are those of `capsa.shell.sh.sh_script`."""
    values = {"ROOT": quote(root), "PROMPT": quote(prompt), "SCRIPTS": scripts}
    return filled(_SCRIPT, values)
