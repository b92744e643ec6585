"""What a command line asks for, and the whole sentence where it asks wrongly."""

import shlex

import pytest

from capsa.cli.help import help_text
from capsa.cli.parse import Invocation, parse
from capsa.cli.table import VERBS
from capsa.errors import UsageError


def asked(line):
    invocation = parse(shlex.split(line))
    return " ".join(invocation.verb), invocation.values


def refusal(line):
    with pytest.raises(UsageError) as caught:
        parse(shlex.split(line))
    assert caught.value.exit_code == 2
    return str(caught.value), caught.value.hints


@pytest.mark.parametrize(
    ("line", "verb", "values"),
    [
        ("create", "create", {}),
        ("create -p 3.12 box", "create", {"python": "3.12", "path": "box"}),
        ("create --pyth=3.12 --cle", "create", {"python": "3.12", "clear": True}),
        ("create -p3.11 -p 3.12", "create", {"python": "3.12"}),
        ("install six rich>=13", "install", {"requirements": ["six", "rich>=13"]}),
        ("install six --dry-run rich", "install", {"requirements": ["six", "rich"], "dry-run": True}),
        ("install -r a.txt -r b.txt", "install", {"requirement": ["a.txt", "b.txt"]}),
        ("install -qUra.txt", "install", {"quiet": True, "upgrade": True, "requirement": ["a.txt"]}),
        ("install -- -odd", "install", {"requirements": ["-odd"]}),
        ("install -r -", "install", {"requirement": ["-"]}),
        ("uninstall six", "uninstall", {"names": ["six"]}),
        ("list", "list", {}),
        ("show -f six", "show", {"names": ["six"], "files": True}),
        ("config show", "config show", {}),
        ("cache size --json", "cache size", {"json": True}),
    ],
)
def test_verbs_and_their_values(line, verb, values):
    assert asked(line) == (verb, values)


@pytest.mark.parametrize(
    "line", ["--env box -q list", "list -q --env=box", "--en box list -q", "-q list --env box", "--env=box -q list"]
)
def test_options_of_every_verb_stand_before_or_after_it(line):
    assert asked(line) == ("list", {"env": "box", "quiet": True})


def test_they_also_stand_between_the_two_words_of_a_verb():
    assert asked("-q cache --cache-dir D size -v") == ("cache size", {"quiet": True, "cache-dir": "D", "verbose": True})


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("install --refresh six", {"refresh": [], "requirements": ["six"]}),
        ("install six --refresh", {"refresh": [], "requirements": ["six"]}),
        ("install --refresh=a --refr=b six", {"refresh": ["a", "b"], "requirements": ["six"]}),
        ("install six --reinst", {"reinstall": [], "requirements": ["six"]}),
        ("--refresh install six", {"refresh": [], "requirements": ["six"]}),
        ("list --refresh six", {"refresh": ["six"]}),
    ],
)
def test_an_optional_word_follows_an_equals_sign_or_stands_where_no_other_word_can(line, values):
    assert asked(line)[1] == values


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("run pytest -x --json", {"command": ["pytest", "-x", "--json"]}),
        ("run -m pytest -x", {"module": True, "command": ["pytest", "-x"]}),
        ("run -qm pytest -m x", {"quiet": True, "module": True, "command": ["pytest", "-m", "x"]}),
        ("run -p3.12 --with six -p 3.11 python -p", {"python": "3.11", "with": ["six"], "command": ["python", "-p"]}),
        ("run -qp 3.12 python", {"quiet": True, "python": "3.12", "command": ["python"]}),
        ("run --with=six --env-f a.env python", {"with": ["six"], "env-file": ["a.env"], "command": ["python"]}),
        ("run --refresh python", {"refresh": [], "command": ["python"]}),
        ("run -- -odd -- --help", {"command": ["-odd", "--", "--help"]}),
        ("run a -- b", {"command": ["a", "--", "b"]}),
        ("run - -V", {"command": ["-", "-V"]}),
        ("-q --project D run pytest --help", {"quiet": True, "project": "D", "command": ["pytest", "--help"]}),
        ("run --no-sync run --version", {"no-sync": True, "command": ["run", "--version"]}),
    ],
)
def test_from_its_first_word_on_everything_belongs_to_a_command(line, values):
    assert asked(line) == ("run", values)


@pytest.mark.parametrize("line", ["--version", "-V", "install --version", "-V list", "-q --version"])
def test_the_version_may_be_asked_for_everywhere(line):
    assert asked(line) == ("version", {})


@pytest.mark.parametrize(
    ("line", "topic"),
    [
        ("", ""),
        ("-h", ""),
        ("--help", ""),
        ("help", ""),
        ("help install", "install"),
        ("help --json install", "install"),
        ("install --help", "install"),
        ("-h install", "install"),
        ("install six -h --nonsense", "install"),
        ("help cache", "cache"),
        ("cache --help", "cache"),
        ("help cache size", "cache size"),
        ("cache size -h", "cache size"),
        ("run --help pytest", "run"),
        ("run -qh pytest", "run"),
    ],
)
def test_help_has_a_topic(line, topic):
    assert asked(line) == ("help", {"topic": topic})
    assert help_text(topic)


USAGE = "see every verb: `capsa --help`"
REFUSALS = [
    ("instal six", "`instal` is not a verb of capsa", ("try `capsa install`", USAGE)),
    ("venv", "`venv` is not a verb of capsa", ("try `capsa create`", USAGE)),
    ("zzz", "`zzz` is not a verb of capsa", (USAGE,)),
    ("help zzz", "`zzz` is not a verb of capsa", (USAGE,)),
    (
        "cache sise",
        "`cache sise` is not a verb of capsa",
        ("try `capsa cache size`", USAGE),
    ),
    (
        "cache",
        "`capsa cache` lacks its second word",
        (
            (
                "choose from `capsa cache dir`, `capsa cache size`, `capsa cache verify`, `capsa cache prune`, "
                "`capsa cache clear`"
            ),
        ),
    ),
    (
        "-p 3 create",
        "capsa has no option `-p` that stands before a verb",
        ("write the options of a verb after it", USAGE),
    ),
    (
        "install six --dryrun",
        "capsa install: there is no option `--dryrun`",
        ("try `--dry-run`", "see `capsa install --help`"),
    ),
    ("list six", "capsa list: there is one word too many: `six`", ("see `capsa list --help`",)),
    ("create a b", "capsa create: there is one word too many: `b`", ("see `capsa create --help`",)),
    (
        "show",
        "capsa show: NAME is missing: the packages to tell about",
        ("see `capsa show --help`",),
    ),
    (
        "uninstall -y",
        "capsa uninstall: NAME or `-r FILE` is missing: the packages to remove",
        ("see `capsa uninstall --help`",),
    ),
    (
        "list --link-mode soft",
        "capsa list: --link-mode is one of auto, reflink, hardlink, copy, not `soft`",
        ("see `capsa list --help`",),
    ),
    (
        "create --no-c",
        "capsa create: ambiguous option: --no-c could match --no-color, --no-cache, --no-config",
        ("see `capsa create --help`",),
    ),
    (
        "run -q",
        "capsa run: CMD is missing: the command with its arguments, or a Python script",
        ("see `capsa run --help`",),
    ),
    ("run --with", "capsa run: --with: expected one argument", ("see `capsa run --help`",)),
    ("run -x pytest", "capsa run: there is no option `-x`", ("see `capsa run --help`",)),
    ("create -p", "capsa create: --python/-p: expected one argument", ("see `capsa create --help`",)),
]


@pytest.mark.parametrize(("line", "sentence", "hints"), REFUSALS, ids=[line for line, _, _ in REFUSALS])
def test_a_wrong_command_line_gets_a_sentence_and_hints(line, sentence, hints):
    assert refusal(line) == (sentence, hints)


@pytest.mark.parametrize("option", ["--user", "--target=x", "--target x", "-t x", "--prefix x"])
def test_places_outside_of_a_box_are_refused_with_the_way_of_capsa(option):
    sentence, hints = refusal(f"install six {option}")
    assert sentence == f"capsa install: capsa has no `{option.replace('=', ' ').split()[0]}`"
    assert hints == ("packages go into a box: choose one with --env PATH, or make one with `capsa create PATH`",)


def test_an_invocation_is_a_value():
    assert parse(["list"]) == Invocation(verb=("list",), values={})


def test_the_overview_lists_every_verb():
    overview = help_text("")
    assert all(f"\n  {verb.name} " in overview for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_help_of_a_verb_has_its_example_and_keeps_the_width(verb, width):
    page = help_text(verb.name, width)
    assert page.endswith(f"\nexample:\n  {verb.example}\n")
    assert "--user" not in page
    assert max(len(line) for line in page.splitlines()) <= max(width, 60)


def test_the_help_of_the_store_reads_so():
    assert help_text("cache") == (
        "usage: capsa cache VERB\n\n"
        "  cache dir                   print the folder of the store\n"
        "  cache size                  show how large the store is\n"
        "  cache verify                check every file of the store\n"
        "  cache prune                 take out of the store what is not needed\n"
        "  cache clear                 empty the store\n\n"
        "about one verb: capsa cache VERB --help\n"
    )
