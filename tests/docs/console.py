"""The shell blocks of a page, run word by word in one bash, and what they print held against what the page shows.

In a block ``console``, a line that begins with ``$ `` is typed, lines that begin with ``> `` go on with it, and what
follows is what must be seen; ``...`` in it stands for anything.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
_BEGIN, _END = "--- begin of steps", "--- end of step, status "


@dataclass(frozen=True, kw_only=True)
class Step:
    """One command with the output that the page shows, "" where it shows none; ``line`` is where it stands."""

    command: str
    shown: str
    line: int


def steps(text: str) -> list[Step]:
    """Return the steps of all console blocks of a Markdown text, in order."""
    found: list[Step] = []
    for block in _BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(1)) + 1
        for number, row in enumerate(block[1].splitlines(keepends=True)):
            if row.startswith("$ "):
                found.append(Step(command=row[2:], shown="", line=line + number))
            elif row.startswith("> "):
                last = found.pop()
                found.append(Step(command=last.command + row[2:], shown="", line=last.line))
            else:
                last = found.pop()
                found.append(Step(command=last.command, shown=last.shown + row, line=last.line))
    return found


def play(found: list[Step], *, folder: str, variables: dict[str, str]) -> list[tuple[int, str]]:
    """Run the steps in one bash and return (exit status, both outputs) of each.

    The bash is interactive, as that of a reader is, but shows no prompt and acts on no `!`.
    """
    script = "".join(f"{step.command}printf '%s%s\\n' '{_END}' $?\n" for step in found)
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "--noediting", "-i"],
        # What it says of the terminal that is not there comes before the first step.
        input=f"set +H\nprintf '%s\\n' '{_BEGIN}'\n{script}",
        cwd=folder,
        env={**variables, "PS1": "", "PS2": "", "VIRTUAL_ENV_DISABLE_PROMPT": "1", "HISTFILE": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
        start_new_session=True,  # else it would take the terminal of whoever runs the tests
    )
    seen = done.stdout.partition(f"{_BEGIN}\n")[2]
    pieces = re.split(rf"^{re.escape(_END)}(\d+)\n", seen, flags=re.MULTILINE)
    return [(int(status), output) for output, status in zip(pieces[::2], pieces[1::2], strict=False)]


def is_like(shown: str, seen: str) -> bool:
    """Whether an output is what a page shows of it: blank lines at the end count for nothing."""
    parts = [re.escape(part) for part in shown.strip().split("...")]
    return re.fullmatch(".*?".join(parts), seen.strip(), re.DOTALL) is not None
