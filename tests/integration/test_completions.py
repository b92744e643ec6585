"""TAB in real shells offers every verb and option, boxes and packages; what they are called is never executed."""

import shlex
import subprocess

import pytest

from capsa.cli.option import EVERYWHERE
from capsa.cli.table import VERBS
from support.pty import OnTerminal
from support.run import Capsa
from support.shells import HOSTILE, program_of

NAMES = [name for name in HOSTILE if not set(name) & set("/\\:;") and not name.startswith(("-", "~"))]
OPTIONS = {
    verb.name: {name for option in (*verb.options, *EVERYWHERE) if option.kind != "refused" for name in option.names}
    for verb in VERBS
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A project with a box that holds two packages, named boxes, and the completions of each shell."""
    base = tmp_path_factory.mktemp("completion")
    capsa = Capsa(base)
    capsa.variables["CAPSA_DATA_DIR"] = str(base / "data")
    for name in NAMES:
        (base / "data" / "named" / name).mkdir(parents=True)
        (base / "data" / "named" / name / "pyvenv.cfg").touch()
    (base / "data" / "named" / "no-box").mkdir()
    packages = base / "work" / ".venv" / "lib" / "python3.12" / "site-packages"
    for name in ("six-1.17.0", "Foo_bar-2", "$(touch hit)-1", "a b-1"):
        (packages / f"{name}.dist-info").mkdir(parents=True)
    (base / "work" / ".venv" / "pyvenv.cfg").touch()
    (base / "work" / "below").mkdir()
    for shell in ("bash", "zsh", "fish"):
        (base / f"complete.{shell}").write_text(capsa.done("completions", shell).output)
    return base


def asked(place, command, script):
    variables = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(place / "home"), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command, input=script, cwd=place / "work" / "below", env=variables, capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip
    assert not done.stderr
    assert not list(place.rglob("hit"))
    return done.stdout


def offered_by_bash(place, lines, setup=""):
    """Return what bash is offered for the last word of each line, which is split as readline splits it."""
    rows = []
    for line in lines:
        words = " ".join(shlex.quote(word) for word in line)
        rows.append(
            f"COMP_WORDS=({words}) COMP_CWORD={len(line) - 1}; _capsa_complete\n"
            "printf '%s\\n' \"${COMPREPLY[@]}\" ---"
        )
    text = asked(
        place,
        [program_of("bash"), "--norc", "--noprofile"],
        "\n".join([f". '{place}/complete.bash'", setup, *rows, ""]),
    )
    return [part.strip("\n").split("\n") for part in text.split("---\n")[:-1]]


def offered_by_fish(place, lines):
    script = f"source '{place}/complete.fish'\n"
    script += "".join(f"complete -C {shlex.quote(line)}; echo ---\n" for line in lines)
    text = asked(place, [program_of("fish"), "--no-config"], script)
    return [[row.partition("\t")[0] for row in part.splitlines()] for part in text.split("---\n")[:-1]]


def test_bash_offers_every_verb_and_every_option(place):
    lines = [["capsa", ""], *(["capsa", *verb.name.split(), "-"] for verb in VERBS)]
    verbs, *options = offered_by_bash(place, lines, "set -u; set -f; shopt -s failglob; IFS=x")
    assert set(verbs) == {verb.name.split()[0] for verb in VERBS}
    assert {verb.name: set(found) for verb, found in zip(VERBS, options, strict=True)} == OPTIONS


def test_bash_offers_second_words_values_boxes_and_packages(place):
    lines = {
        "capsa cache": {"dir", "size", "verify", "prune", "clear"},
        "capsa --quiet --env x cache p": {"prune"},
        "capsa install --link-mode": {"auto", "reflink", "hardlink", "copy"},
        "capsa install --link-mode = c": {"copy"},
        "capsa hook po": {"powershell"},
        "capsa uninstall six": {"Foo-bar", "six"},
        "capsa install --reinstall = s": {"six"},
        "capsa install --reinstall --dry-r": {"--dry-run"},
        "capsa run python --ver": {""},
        "capsa nonsense": {""},
    }
    words = [[*line.split(), *([""] if line in {"capsa cache", "capsa install --link-mode", "capsa nonsense"} else [])]
             for line in lines]  # fmt: skip
    words[5][-1:] = ["x", ""]
    for line, found in zip(lines, offered_by_bash(place, words), strict=True):
        assert set(found) == lines[line], line


def test_bash_puts_hostile_names_in_quoted(place):
    (found,) = offered_by_bash(place, [["capsa", "activate", ""]])
    assert sorted(asked(place, ["bash"], "".join(f"printf '%s\\n' {word}\n" for word in found)).splitlines()) == sorted(
        NAMES
    )
    single, double = offered_by_bash(place, [["capsa", "activate", "'"], ["capsa", "activate", '"']])
    assert set(single) == {name for name in NAMES if "'" not in name}
    assert set(double) == {name for name in NAMES if not set(name) & set('"$`\\!')}


def test_fish_offers_every_verb_and_every_option(place):
    verbs, *options = offered_by_fish(place, ["capsa ", *(f"capsa {verb.name} -" for verb in VERBS)])
    assert set(verbs) == {verb.name.split()[0] for verb in VERBS}
    assert {verb.name: set(found) for verb, found in zip(VERBS, options, strict=True)} == OPTIONS


def test_fish_offers_second_words_values_boxes_and_packages(place):
    expected = {
        "capsa cache ": {"dir", "size", "verify", "prune", "clear"},
        "capsa --quiet --env x cache p": {"prune"},
        "capsa install --link-mode ": {"auto", "reflink", "hardlink", "copy"},
        "capsa install --link-mode=c": {"--link-mode=copy"},
        "capsa uninstall ": {"Foo-bar", "six"},
        "capsa install --reinstall=s": {"--reinstall=six"},
        "capsa activate ": set(NAMES),
    }
    for line, found in zip(expected, offered_by_fish(place, expected), strict=True):
        assert set(found) == expected[line], line


def test_zsh_offers_every_verb_and_every_option(place):
    # Outside of a widget zsh completes nothing: what would be added is printed.
    script = f"compdef () {{ }}; . '{place}/complete.zsh'\n"
    script += "_files () { }; compadd () { local name=${@[-1]}; print -rl -- ${(P)name}; }\n"
    for words in ["capsa ''", *(f"capsa {verb.name} -" for verb in VERBS)]:
        script += f"words=({words}) CURRENT=$#words; _capsa; print -- ---\n"
    text = asked(place, [program_of("zsh"), "-f"], script)
    verbs, *options = [part.splitlines() for part in text.split("---\n")[:-1]]
    assert set(verbs) == {verb.name.split()[0] for verb in VERBS}
    assert {verb.name: set(found) for verb, found in zip(VERBS, options, strict=True)} == OPTIONS


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_tab_in_a_terminal(place, shell):
    """TAB completes a verb, a value, a package, and a box with a name that is a trap; ENTER then shows the words."""
    command = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    terminal = OnTerminal(
        [program_of(shell), *command],
        folder=place / "work",
        variables={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(place / "home"), "LC_ALL": "C.UTF-8"},
        size=(200, 24),
    )
    start = "autoload -Uz compinit; compinit -u -D; " if shell == "zsh" else ""
    define = (
        "function capsa; printf '<%s>' $argv; echo; end"
        if shell == "fish"
        else "capsa () { printf '<%s>' \"$@\"; echo; }"
    )
    terminal.type(f"{start}. '{place}/complete.{shell}'; {define}; echo rea''dy\n")
    terminal.until(lambda text: "ready\r\n" in text)
    for typed, meant in (
        ("capsa unins\tsi\t", "<uninstall><six>"),
        ("capsa install --link-mode har\t", "<install><--link-mode><hardlink>"),
        ("capsa activate it\t", "<activate><it's>"),
        ("capsa activate a\\ \\&\t", "<activate><a & touch hit>"),
    ):
        terminal.type(typed)
        terminal.type("\n")
        terminal.until(lambda text, meant=meant: meant in text)
    terminal.type("exit\n")
    terminal.finish()
    assert not list(place.rglob("hit"))
