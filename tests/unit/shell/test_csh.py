"""What tcsh makes of a quoted word, and of the list of trusted projects."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from capsa.shell.csh import csh_list
from capsa.shell.quote import quote_csh
from support.shells import HOSTILE, program_of

WORDS = [
    *HOSTILE,
    "",
    "plain",
    "/a/b.c-d_e",
    "\\",
    "!",
    "\\!",
    "''",
    "^a^b",
    "-e",
    "$x:q",
    "a\tb\nc\rd",
    "\x1b[31m\x7f\x85",
    "\u3000\xa0\U0001f600",
    os.fsdecode(b"/b\xffx\xc3"),
]


def told(script: str, folder: Path, **variables: str) -> list[str]:
    path = folder / "script"
    path.write_bytes(script.encode("utf-8", "surrogateescape"))
    command = [program_of("tcsh"), "-f", str(path)]
    done = subprocess.run(
        command, capture_output=True, check=True, timeout=60, cwd=folder, env={"PATH": "/usr/bin:/bin"} | variables
    )
    assert not done.stderr
    return os.fsdecode(done.stdout).split("\0")[:-1]


@pytest.mark.parametrize("setup", ["", "set backslash_quote", "set noglob nonomatch", "set histchars = ''"])
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_tcsh_takes_a_quoted_word_as_it_is(tmp_path: Path, setup: str, locale: str) -> None:
    lines = [f"/usr/bin/printf '%s\\0' {quote_csh(word)}\n" for word in WORDS]
    assert told(f"{setup}\n{''.join(lines)}", tmp_path, LC_ALL=locale) == WORDS


def test_plain_words_are_left_readable() -> None:
    assert quote_csh("/srv/me/project/.venv") == "/srv/me/project/.venv"
    assert quote_csh("my box") == "'my box'"


def test_the_list_gives_the_entry_of_the_very_folder(tmp_path: Path) -> None:
    rows = [(f"id {number}", f"/srv/{name}", name) for number, name in enumerate(HOSTILE)] + [("id", "/", "-e")]
    (tmp_path / "list.csh").write_text(csh_list(rows))
    see = "set _capsa_entry = (none none); source list.csh; /usr/bin/printf '%s\\0' $_capsa_entry:q\n"
    asked = [*(folder for _, folder, _ in rows), "/srv/other", "/srv/it", "-e"]
    lines = [f"set _capsa_real = {quote_csh(folder)}\n{see}" for folder in asked]
    found = told("".join(lines), tmp_path, LC_ALL="C.UTF-8")
    known = [text for identity, _, prompt in rows for text in (identity, prompt)]
    assert found == known + ["none"] * 6
    assert not (tmp_path / "hit").exists()


def test_a_list_of_nothing_is_a_comment() -> None:
    assert csh_list(()).startswith("#")
