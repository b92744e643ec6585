"""fish and tcsh with the hook of capsa: what is typed, and after each line what the shell is like."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from capsa.shell.csh import csh_list
from capsa.shell.hook import hook_text, kept_line
from capsa.shell.quote import quote_csh, quote_fish
from support.hooked import Hooked, Seen

_TOLD = 'env -0 >"$_NOTES/$_COUNT"; echo @@@ >&2'
_SEE = {
    "fish": """
function fish_prompt; echo '$ '; end
set -g _count 0
function _see
    set -l code $status
    set _count (math $_count + 1)
    set -l shown (fish_prompt | string collect)
    /usr/bin/env _CODE=$code _COUNT=$_count _SHOWN="$shown" _FOLDER=$PWD /bin/sh -c '{told}'
end
""",
    "tcsh": """
set prompt = '$ '
set _count = 0
set _told = '{told}'
set _seen = '@ _count++; set _shown = ""; if ($?prompt) set _shown = "$prompt:q"; '
set _seen = "$_seen:q"'/usr/bin/env _CODE=$_code _COUNT=$_count _SHOWN="$_shown:q" _FOLDER="$cwd:q" '
set _seen = "$_seen:q"'/bin/sh -c "$_told:q"'
alias _see 'set _code = $status; eval "$_seen:q"'
""",
}
# What these two complain of, besides what the POSIX shells do.
_COMPLAINT = re.compile(r"\(line \d+\)|Undefined|Unmatched|Too (many|few)|Bad |Faulty|Syntax|Missing|Ambiguous|rror:")


class Typed(Hooked):
    """Types into one shell, as `Hooked` does."""

    commands = {"fish": ["fish", "--no-config", "-i"], "tcsh": ["tcsh", "-f", "-i"]}  # noqa: RUF012 - never changed

    def cd(self, folder: Path | str) -> str:
        return f"cd {self.quote(str(folder))}"

    def quote(self, word: str) -> str:
        return quote_fish(word) if self.kind == "fish" else quote_csh(word)

    def hook(self) -> str:
        """Write the hook to a file; return the line that reads it."""
        text = hook_text(self.kind, (str(self.program),), str(self.trusted))
        if self.kind == "fish":
            (self.base / "hook").write_text(text)
            return f"source {quote_fish(str(self.base / 'hook'))}"
        (self.trusted / "hook.tcsh").write_text(text)
        return kept_line("tcsh", str(self.trusted)).rstrip("\n")

    def trust(self, row: str) -> None:
        super().trust(row)
        rows = [line.split("\t") for line in (self.trusted / "list").read_text().splitlines()]
        whole = [(identity, folder, prompt) for identity, folder, prompt in rows]
        (self.trusted / "list.csh").write_text(csh_list(whole))

    def type(self, *lines: str, before: tuple[str, ...] = (), **variables: str) -> list[Seen]:
        notes = self.base / "notes"
        notes.mkdir(exist_ok=True)
        for note in notes.iterdir():
            note.unlink()
        typed = [_SEE[self.kind].replace("{told}", _TOLD), *before, self.hook(), "/bin/sh -c 'echo @@@ >&2'"]
        for line in lines:
            typed += [line, "_see"]
        done = subprocess.run(
            self.command,
            input="\n".join([*typed, "exit 0", ""]),
            capture_output=True,
            text=True,
            check=False,
            env=self.variables | {"_NOTES": str(notes)} | variables,
            cwd=self.base,
            timeout=60,
        )
        self.output, self.errors = done.stdout, done.stderr
        told = done.stderr.split("@@@\n")
        self.environments = [self._environment(notes / str(number + 1)) for number in range(len(lines))]
        return [
            Seen(
                code=int(environment["_CODE"]),
                box=environment.get("VIRTUAL_ENV", "none"),
                prompt=environment.get("VIRTUAL_ENV_PROMPT", "none"),
                path=environment.get("PATH", "none"),
                ps1=environment["_SHOWN"],
                folder=environment["_FOLDER"],
                said=tuple(re.findall(r"capsa: .*", text)),
            )
            for environment, text in zip(self.environments, told[1:], strict=False)
        ]

    def is_quiet(self) -> bool:
        return super().is_quiet() and _COMPLAINT.search(self.errors) is None

    def exported(self, number: int) -> dict[str, str]:
        """Return the environment after a line, without what a shell counts and what was put there to be seen."""
        own = {"_", "PWD", "OLDPWD", "SHLVL", "_CODE", "_COUNT", "_SHOWN", "_FOLDER", "_NOTES"}
        return {name: text for name, text in self.environments[number].items() if name not in own}

    def _environment(self, note: Path) -> dict[str, str]:
        assert note.exists(), self.errors
        rows = [os.fsdecode(row).partition("=") for row in note.read_bytes().split(b"\0") if row]
        return {name: text for name, _, text in rows}
