"""The activation scripts of a box, and the line that a person types to use them. Hot."""

from __future__ import annotations

from capsa.errors import UsageError
from capsa.shell import fish, sh

HOT = True  # the fast path: see docs/adr

_POSIX = ("sh", "dash", "ksh", "bash", "zsh")
SHELLS = (*_POSIX, "fish")


def scripts(root: str, prompt: str, platform: str = "linux") -> dict[str, bytes]:
    """Return the files for the scripts folder of the environment at ``root``, by name.

    ``prompt`` is the text that the prompt shows; "" means the name of the folder, or for ``.venv`` of the one above.
    """
    folder = _scripts_folder(platform)
    texts = {
        "activate": sh.sh_script(root, prompt, folder),
        "activate.fish": fish.fish_script(root, prompt, folder),
    }
    return {name: text.encode("utf-8", "surrogateescape") for name, text in texts.items()}


def activation_line(shell: str, root: str, platform: str = "linux", *, folder: str = "") -> str:
    """Return the exact line that activates the environment at ``root`` in a shell of `SHELLS`, "bash" and the like.

    The path in it starts from the current ``folder`` where that is above the environment, else it is whole. Raises
    UsageError for a shell that is not among them.
    """
    near = root.removeprefix(f"{folder.rstrip('/')}/") if folder else root
    script = f"{near}/{_scripts_folder(platform)}/activate"
    if near.startswith("-"):
        script = f"./{script}"
    if shell == "fish":
        return f"source {fish.quote(script + '.fish')}"
    if shell in _POSIX:
        return f"{'source' if shell in {'bash', 'zsh'} else '.'} {sh.quote(script)}"
    raise UsageError(f"there is no activation for the shell {shell} yet", hints=(f"choose from {', '.join(SHELLS)}",))


def _scripts_folder(platform: str) -> str:
    return "Scripts" if platform == "win32" else "bin"
