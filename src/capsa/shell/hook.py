"""The shell integration that ``capsa hook SHELL`` prints, and the one line that brings it into a shell's start file.

A hook steps in by setting variables itself: it sources nothing from a box. What it needs to know of this machine is put
into its template, quoted for its shell:

    |CAPSA|    the words that run capsa, in the shell's way      |TRUSTED|   the path of the list of trusted projects
    |KEPT|     the path of the file that keeps the hook, for a shell that reads nothing else

Hot: every shell that starts asks for it.
"""

from __future__ import annotations

from _collections_abc import Callable

from capsa.errors import UsageError
from capsa.shell.quote import quote_csh, quote_elvish, quote_fish, quote_nu, quote_powershell, quote_python, quote_sh
from capsa.shell.template import filled, read_template

HOT = True  # the fast path: see docs/adr


class Hook:
    """One shell: its ``template`` and, by name, the ``parts`` that stand in it; the ``line`` for the start ``file``.

    ``trusted`` is the name of the list that it reads, ``kept`` that of the file beside it that has to hold the hook, if
    any; ``between`` stands between the words that run capsa.
    """

    __slots__ = ("between", "file", "kept", "line", "parts", "quote", "template", "trusted")

    def __init__(  # noqa: PLR0913 - a row of a table, all by name
        self,
        *,
        template: str,
        quote: Callable[[str], str],
        file: str,
        line: str,
        parts: tuple[tuple[str, str], ...] = (),
        trusted: str = "list",
        between: str = " ",
        kept: str = "",
    ) -> None:
        self.template = template
        self.quote = quote
        self.file = file
        self.line = line
        self.parts = parts
        self.trusted = trusted
        self.between = between
        self.kept = kept


_STEP = (("STEP", "step.sh"), ("LEAVE", "leave.sh"), ("HOOK", "hook.sh"))
_FIND = (*_STEP, ("FIND", "hook_find.sh"))

HOOKS = {
    "bash": Hook(template="hook.bash", quote=quote_sh, file="~/.bashrc", line='eval "$(capsa hook bash)"', parts=_FIND),
    "zsh": Hook(template="hook.zsh", quote=quote_sh, file="~/.zshrc", line='eval "$(capsa hook zsh)"', parts=_STEP),
    "ksh": Hook(template="hook.ksh", quote=quote_sh, file="~/.kshrc", line='eval "$(capsa hook ksh)"', parts=_FIND),
    "fish": Hook(
        template="hook.fish",
        quote=quote_fish,
        file="~/.config/fish/config.fish",
        line="capsa hook fish | source",
        parts=(("STEP", "step.fish"),),
    ),
    # The aliases of tcsh know no branches, so that it sources the same file again whenever there is something to do.
    "tcsh": Hook(
        template="hook.tcsh",
        quote=quote_csh,
        file="~/.tcshrc",
        line='eval "`capsa hook tcsh`"',
        parts=(("STEP", "step.csh"),),
        trusted="list.csh",
        kept="hook.tcsh",
    ),
    # nu reads programs before it runs the first command: the line writes the hook to where nu looks after config.nu.
    "nu": Hook(
        template="hook.nu",
        quote=quote_nu,
        file="~/.config/nushell/config.nu",
        line="mkdir ($nu.data-dir | path join vendor autoload); "
        "capsa hook nu | save -f ($nu.data-dir | path join vendor autoload capsa.nu)",
        parts=(("STEP", "step.nu"),),
    ),
    "elvish": Hook(
        template="hook.elv",
        quote=quote_elvish,
        file="~/.config/elvish/rc.elv",
        line="eval (capsa hook elvish | slurp)",
        parts=(("STEP", "step.elv"),),
    ),
    "xonsh": Hook(
        template="hook.xsh",
        quote=quote_python,
        file="~/.config/xonsh/rc.xsh",
        line="exec($(capsa hook xonsh))",
        parts=(("STEP", "step.xsh"),),
        between=", ",
    ),
    "powershell": Hook(
        template="hook.ps1",
        quote=quote_powershell,
        file="$PROFILE",
        line="Invoke-Expression ((capsa hook powershell) -join [char] 10)",
        parts=(("STEP", "step.ps1"),),
        between=", ",
    ),
}


def hook_text(shell: str, capsa: tuple[str, ...], trusted: str) -> str:
    """Return the integration for a shell of `HOOKS`.

    ``capsa`` are the words that run this capsa, whatever PATH says; ``trusted`` the folder of the trust lists. Raises
    UsageError for a shell that is not among them.
    """
    hook = HOOKS.get(shell)
    if hook is None:
        raise UsageError(f"there is no hook for the shell {shell}", hints=(f"choose from {', '.join(HOOKS)}",))
    values = {name: read_template(template) for name, template in hook.parts}
    values["CAPSA"] = hook.between.join(hook.quote(word) for word in capsa)
    values["TRUSTED"] = hook.quote(f"{trusted}/{hook.trusted}")
    values["KEPT"] = hook.quote(f"{trusted}/{hook.kept}")
    return filled(read_template(hook.template), values)


def kept_line(shell: str, trusted: str) -> str:
    """Return what a shell runs for the file that keeps its hook in the folder ``trusted``; "" where none does."""
    hook = HOOKS[shell]
    return f"source {hook.quote(f'{trusted}/{hook.kept}')} define\n" if hook.kept else ""
