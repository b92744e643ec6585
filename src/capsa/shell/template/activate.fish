# Steps into this box:  source PATH-OF-THIS-FILE  (fish)
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

set -l _capsa_scripts $_capsa_root/|SCRIPTS|
set -l _capsa_prompt |PROMPT|
if test -z "$_capsa_prompt"
    set _capsa_prompt (string replace -r '.*/' '' -- (string replace -r '/\.venv$' '' -- $_capsa_root))
end

|STEP|