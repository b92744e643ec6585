"""The activation scripts of a box: which files, made of which templates. Hot."""

from __future__ import annotations

from capsa.shell.quote import (
    quote_cmd,
    quote_csh,
    quote_elvish,
    quote_fish,
    quote_nu,
    quote_powershell,
    quote_python,
    quote_sh,
)
from capsa.shell.template import filled, read_template

HOT = True  # the fast path: see docs/adr

# The file in the box, its template, and how a value is quoted there.
_POSIX = (
    ("activate", "activate.sh", quote_sh),
    ("activate.fish", "activate.fish", quote_fish),
    ("activate.csh", "activate.csh", quote_csh),
    ("activate.nu", "activate.nu", quote_nu),
    ("activate.elv", "activate.elv", quote_elvish),
    ("activate.xsh", "activate.xsh", quote_python),
    ("Activate.ps1", "Activate.ps1", quote_powershell),
    ("activate_this.py", "activate_this.txt", ascii),
)
_WINDOWS = (
    *_POSIX,
    ("activate.bat", "activate.bat", quote_cmd),
    ("deactivate.bat", "deactivate.bat", quote_cmd),
)
# Parts of a template that are templates themselves, as the hook of the shell has them too.
_PARTS = {
    "activate.sh": (("STEP", "step.sh"), ("LEAVE", "leave.sh")),
    "activate.fish": (("STEP", "step.fish"),),
    "activate.csh": (("STEP", "step.csh"),),
    "activate.nu": (("STEP", "step.nu"),),
    "Activate.ps1": (("STEP", "step.ps1"),),
    "activate.bat": (("LEAVE", "leave.bat"), ("COPY", "copy.bat")),
    "deactivate.bat": (("LEAVE", "leave.bat"), ("COPY", "copy.bat")),
    "activate.elv": (("STEP", "step.elv"),),
    "activate.xsh": (("STEP", "step.xsh"),),
}


def scripts(root: str, prompt: str, platform: str = "linux") -> dict[str, bytes]:
    """Return the files for the scripts folder of the environment at ``root``, by name.

    ``prompt`` is the text that the prompt shows; "" means the name of the folder, or for ``.venv`` of the one above.
    """
    made = {}
    for name, template, quote in _WINDOWS if platform == "win32" else _POSIX:
        values = {"ROOT": quote(root), "PROMPT": quote(prompt), "SCRIPTS": scripts_folder(platform)}
        values |= {part: read_template(source) for part, source in _PARTS.get(template, ())}
        text = filled(read_template(template), values)
        if name.endswith(".bat"):
            text = text.replace("\n", "\r\n")  # else cmd may miss a label
        made[name] = text.encode("utf-8", "surrogateescape")
    return made


def scripts_folder(platform: str) -> str:
    """Return the name of the folder in which an environment has its programs."""
    return "Scripts" if platform == "win32" else "bin"
