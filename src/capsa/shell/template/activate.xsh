# Steps into this box:  source PATH-OF-THIS-FILE  (xonsh 0.11 or newer)
# `deactivate` steps out and leaves every variable as it was. Made by capsa.
# xonsh itself replaces $NAME in what PATH holds, so the programs of a box below a folder with such a name aren't found.


def _capsa_activate(file):
|STEP|
    root = os.path.dirname(os.path.dirname(os.path.abspath(file)))
    if not os.path.isfile(os.path.join(root, "pyvenv.cfg")):
        root = |ROOT|
    if not os.path.isfile(os.path.join(root, "pyvenv.cfg")):
        raise SystemError(f"capsa: there is no box in {root}")
    name = os.path.dirname(root) if os.path.basename(root) == ".venv" else root
    enter(root, os.path.join(root, "|SCRIPTS|"), |PROMPT| or os.path.basename(name))


try:
    _capsa_activate(__file__)
finally:
    del _capsa_activate
