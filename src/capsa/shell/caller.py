"""Which shell called capsa: by the program that started it, else by what the user's login shell is. PURE. Hot."""

from capsa.model.surroundings import Surroundings

HOT = True  # the fast path: see docs/adr

SHELLS = ("bash", "zsh", "fish", "ksh", "dash", "sh", "tcsh", "csh", "nu", "elvish", "xonsh", "powershell", "cmd")
_NAMES = {
    "pwsh": "powershell",
    "pwsh-preview": "powershell",
    **dict.fromkeys(("ksh93", "mksh", "lksh", "oksh"), "ksh"),
    **dict.fromkeys(("ash", "busybox", "yash"), "sh"),
    "rbash": "bash",
}
_SHARED = ("\\program files", "\\system32\\")


def calling_shell(surroundings: Surroundings) -> str:
    """Return one of SHELLS; "sh" where nothing tells."""
    if surroundings.is_windows and not surroundings.variables.get("SHELL"):
        return _windows_shell(surroundings.variables)
    if not surroundings.parent and "PSModulePath" in surroundings.variables:
        return "powershell"  # which alone sets it, where Windows does not
    for path in (surroundings.parent, surroundings.variables.get("SHELL", "")):
        # A login shell calls itself "-bash".
        name = path.rpartition("/")[2].lstrip("-")
        name = _NAMES.get(name, name)
        if name in SHELLS:
            return name
    return "sh"


def _windows_shell(variables: dict[str, str]) -> str:
    # Windows itself names the folders of modules that all users share; each PowerShell adds the user's own.
    folders = next((value for name, value in variables.items() if name.upper() == "PSMODULEPATH"), "").lower()
    own = [part for part in folders.split(";") if part and not any(place in part for place in _SHARED)]
    return "powershell" if own else "cmd"
