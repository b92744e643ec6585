"""Which shell called capsa: by the program that started it, else by what the user's login shell is. PURE. Hot."""

from capsa.model.surroundings import Surroundings

HOT = True  # the fast path: see docs/adr

SHELLS = ("bash", "zsh", "fish", "ksh", "dash", "sh")


def calling_shell(surroundings: Surroundings) -> str:
    """Return one of SHELLS; "sh" where nothing tells."""
    for path in (surroundings.parent, surroundings.variables.get("SHELL", "")):
        # A login shell calls itself "-bash".
        name = path.rpartition("/")[2].lstrip("-")
        if name in SHELLS:
            return name
    return "sh"
