"""The line that a person types to step into a box, in each shell. Hot."""

from __future__ import annotations

from capsa.errors import UsageError
from capsa.shell.quote import (
    quote_cmd_word,
    quote_csh,
    quote_elvish,
    quote_fish,
    quote_nu_word,
    quote_powershell_word,
    quote_sh,
    quote_xonsh,
)
from capsa.shell.scripts import scripts_folder

HOT = True  # the fast path: see docs/adr

# What stands before the path of the script, what its name ends in, how the path is quoted, what stands behind it.
_LINES = {
    "sh": (". ", "", quote_sh, ""),
    "dash": (". ", "", quote_sh, ""),
    "ksh": (". ", "", quote_sh, ""),
    "bash": ("source ", "", quote_sh, ""),
    "zsh": ("source ", "", quote_sh, ""),
    "fish": ("source ", ".fish", quote_fish, ""),
    "tcsh": ("source ", ".csh", quote_csh, ""),
    "csh": ("source ", ".csh", quote_csh, ""),
    "nu": ("overlay use ", ".nu", quote_nu_word, ""),
    "elvish": ("eval (slurp < ", ".elv", quote_elvish, ")"),
    "xonsh": ("source ", ".xsh", quote_xonsh, ""),
    "cmd": ("", ".bat", quote_cmd_word, ""),
}
SHELLS = (*_LINES, "powershell")


def activation_line(shell: str, root: str, platform: str = "linux", *, folder: str = "") -> str:
    """Return the exact line that activates the environment at ``root`` in a shell of `SHELLS`, "bash" and the like.

    The path in it starts from the current ``folder`` where that is above the environment, else it is whole. Raises
    UsageError for a shell that is not among them.
    """
    slash = "\\" if platform == "win32" and shell in {"powershell", "cmd"} else "/"
    near = root.removeprefix(folder.rstrip(slash) + slash) if folder else root
    script = f"{near}{slash}{scripts_folder(platform)}{slash}activate"
    # It shall look like no option and like nobody's home.
    if near.startswith(("-", "~")):
        script = f".{slash}{script}"
    if shell == "powershell":
        return _powershell_line(script.removesuffix("activate") + "Activate.ps1", platform)
    if shell not in _LINES:
        raise UsageError(
            f"there is no activation for the shell {shell} yet", hints=(f"choose from {', '.join(SHELLS)}",)
        )
    before, suffix, quote, behind = _LINES[shell]
    return f"{before}{quote(script + suffix)}{behind}"


def _powershell_line(script: str, platform: str) -> str:
    # The execution policy of Windows speaks of script files: a text that was read may be run. A path with brackets is
    # looked up as a pattern, unless it says that it is none.
    path = quote_powershell_word(script)
    if platform == "win32" or set("[]*?").intersection(script):
        return f". ([scriptblock]::Create((Get-Content -Raw -LiteralPath {path})))"
    return f". {path}"
