# Steps into this box:  eval (slurp < PATH-OF-THIS-FILE)  (elvish 0.18 or newer)
# `deactivate` steps out and leaves every variable as it was. Made by capsa.
# elvish can't tell code where it was read, so a moved box does not activate; nor can code take a command away, so
# `deactivate` stays and says that no box is active.

|STEP|
var root = |ROOT|
var prompt = |PROMPT|
if (eq $prompt '') {
  set prompt = (path:base (re:replace '[/\\]\.venv$' '' $root))
}
try {
  nop < (path:join $root pyvenv.cfg)
} catch e {
  fail 'capsa: there is no box in '$root"; if it was moved: `capsa create --upgrade PATH`"
}
enter $root (path:join $root |SCRIPTS|) $prompt

fn deactivate {
  leave
}
in-editor [&deactivate~=$deactivate~] 'edit:add-var deactivate~ $deactivate~'
