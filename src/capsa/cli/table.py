"""The command line as data: every verb, its words and its options. Both parsers and the help are made from it.

Decides nothing and imports nothing, since the fast path reads it too. Fixed by CONTRACT, "Verbs".
"""

HOT = True  # the fast path: see docs/adr


class Option:
    """One option.

    ``names`` are its spellings, the usual long one first; ``key`` is its name among the values of an invocation and,
    where there is one, the setting that it sets. ``kind`` tells what follows it: "flag" nothing (the value is True),
    "value" one word (the last one counts), "list" one word (all of them count), "optional" a word after ``=`` (the
    value is a list, empty where the option stands alone), "refused" means an option of other tools for which ``help``
    tells the way of capsa.
    """

    __slots__ = ("choices", "help", "key", "kind", "metavar", "names")

    def __init__(
        self,
        names: tuple[str, ...],
        kind: str,
        help: str,  # noqa: A002 - the word that every reader of command line tables expects
        metavar: str = "",
        key: str = "",
        choices: tuple[str, ...] = (),
    ) -> None:
        self.names = names
        self.kind = kind
        self.help = help
        self.metavar = metavar
        self.key = key or names[0].lstrip("-")
        self.choices = choices


class Words:
    """The words that follow a verb: ``most`` is how many it takes at most, None for any number; ``least`` at least."""

    __slots__ = ("help", "key", "least", "metavar", "most")

    def __init__(self, key: str, metavar: str, help: str, *, least: int = 0, most: int | None = None) -> None:  # noqa: A002 - as above
        self.key = key
        self.metavar = metavar
        self.help = help
        self.least = least
        self.most = most


class Verb:
    """One verb: ``name`` is one word, or two ("cache size"); ``needs`` are keys of which at least one must be given."""

    __slots__ = ("example", "group", "name", "needs", "options", "summary", "text", "words")

    def __init__(  # noqa: PLR0913 - a row of the table, all by name
        self,
        name: str,
        *,
        group: str,
        summary: str,
        text: str,
        example: str,
        words: Words | None = None,
        options: tuple[Option, ...] = (),
        needs: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.group = group
        self.summary = summary
        self.text = text
        self.example = example
        self.words = words
        self.options = options
        self.needs = needs


PRERELEASE_POLICIES = ("if-necessary-or-explicit", "allow", "disallow")
LINK_MODES = ("auto", "reflink", "hardlink", "copy")

EVERYWHERE = (
    Option(("--env",), "value", "the box to work on, instead of the active one or the project's `.venv`", "PATH"),
    Option(("--project",), "value", "work as if in this folder", "DIR"),
    Option(("--quiet", "-q"), "flag", "say only what went wrong"),
    Option(("--verbose", "-v"), "flag", "say more: each step, each retry"),
    Option(("--yes", "-y"), "flag", "answer every question with yes"),
    Option(("--json",), "flag", "print the result as one JSON document"),
    Option(("--no-color",), "flag", "no colours, also on a terminal"),
    Option(("--no-progress",), "flag", "no progress line, also on a terminal"),
    Option(("--offline",), "flag", "use what is in the store, never the network"),
    Option(("--refresh",), "optional", "ask the indexes anew, for every project or for NAME only", "NAME"),
    Option(("--no-cache",), "flag", "use a store of its own for this run, and drop it"),
    Option(("--cache-dir",), "value", "the folder of the store", "DIR"),
    Option(
        ("--link-mode",),
        "value",
        "how files come from the store: auto, reflink, hardlink, copy",
        "MODE",
        "",
        LINK_MODES,
    ),
    Option(("--config",), "value", "read this settings file as the user's", "FILE"),
    Option(("--no-config",), "flag", "read no settings file, neither ours nor pip's"),
    Option(("--timeout",), "value", "how long to wait for an answer of the network", "SECONDS"),
    Option(("--help", "-h"), "flag", "show this help"),
    Option(("--version", "-V"), "flag", "show the version of capsa"),
)

_PYTHON = Option(("--python", "-p"), "value", 'which Python: "3.12", ">=3.11", "pypy@3.10", or the path of one', "REQ")
_REQUIREMENT_FILES = Option(("--requirement", "-r"), "list", "take the requirements of a file", "FILE")
_DRY_RUN = Option(("--dry-run",), "flag", "show what would change, and change nothing")

_CREATE = (
    _PYTHON,
    Option(("--no-pip", "--without-pip"), "flag", "put no pip into the box"),
    Option(("--copies",), "flag", "copy the interpreter instead of linking it"),
    Option(("--system-site-packages",), "flag", "let the box see the packages of its base Python"),
    Option(("--prompt",), "value", "the name that the shell's prompt shows", "TEXT"),
    Option(("--clear",), "flag", "empty the box first, if it is one"),
    Option(("--allow-existing",), "flag", "keep what is in the box, and write it anew around that"),
    Option(("--upgrade",), "flag", "move the box to the Python that is there now"),
)

_INDEX = (
    Option(("--index-url", "-i"), "value", "the default index, asked last", "URL"),
    Option(("--extra-index-url",), "list", "one more index, asked before the default one", "URL"),
    Option(("--find-links", "-f"), "list", "also take files from this page or folder", "PLACE"),
    Option(("--no-index",), "flag", "ask no index: only --find-links"),
)

_NOT_HERE = "packages go into a box: choose one with --env PATH, or make one with `capsa create PATH`"

_INSTALL = (
    _REQUIREMENT_FILES,
    Option(("--constraint", "-c"), "list", "hold versions to what a file says, and install nothing for it", "FILE"),
    Option(("--upgrade", "-U"), "flag", "take the newest versions that fit, not the installed ones"),
    Option(("--upgrade-package", "-P"), "list", "take the newest version of this package only", "NAME"),
    Option(("--no-deps",), "flag", "leave the dependencies out"),
    Option(("--require-hashes",), "flag", "refuse whatever comes without a hash"),
    _DRY_RUN,
    Option(
        ("--reinstall", "--force-reinstall"), "optional", "put in anew what is there, everything or NAME only", "NAME"
    ),
    *_INDEX,
    Option(("--pre",), "flag", "allow pre-releases: the same as --prerelease allow"),
    Option(
        ("--prerelease",),
        "value",
        "when to take pre-releases: if-necessary-or-explicit, allow, disallow",
        "POLICY",
        "",
        PRERELEASE_POLICIES,
    ),
    Option(("--user",), "refused", _NOT_HERE),
    Option(("--target", "-t"), "refused", _NOT_HERE),
    Option(("--prefix",), "refused", _NOT_HERE),
)

BOXES, PACKAGES, INSIDE, AROUND = "Boxes", "Packages", "Look inside", "Around them"

VERBS = (
    Verb(
        "create",
        group=BOXES,
        summary="make a box",
        text="Makes a virtual environment, by default `.venv` in the current folder, with pip inside. A folder that is "
        "not a box is never cleared or written into, unless it is empty.",
        example="capsa create -p 3.12",
        words=Words("path", "PATH", "the folder of the box (default: `.venv`)", most=1),
        options=_CREATE,
    ),
    Verb(
        "activate",
        group=BOXES,
        summary="step into a box",
        text="Prints the line that steps into the box, for the shell that you are in.",
        example="capsa activate .venv",
        words=Words("path", "PATH", "the box (default: the project's `.venv`)", most=1),
    ),
    Verb(
        "install",
        group=PACKAGES,
        summary="put packages into a box",
        text="Works out versions that fit together, fetches what the store lacks, and changes the box in one step: "
        "after a failure it is as it was.",
        example='capsa install "django>=5,<6" -r requirements.txt',
        words=Words("requirements", "REQ", 'what to install: "six", "rich>=13", the path or URL of a wheel'),
        options=_INSTALL,
        needs=("requirements", "requirement"),
    ),
    Verb(
        "uninstall",
        group=PACKAGES,
        summary="take packages out of a box",
        text="Removes the packages that are named and nothing else. Files that others put among theirs stay and are "
        "named.",
        example="capsa uninstall six",
        words=Words("names", "NAME", "the packages to remove"),
        options=(_REQUIREMENT_FILES, _DRY_RUN),
        needs=("names", "requirement"),
    ),
    Verb(
        "list",
        group=INSIDE,
        summary="show the packages of a box",
        text="Shows every package with its version, and where it comes from if not from an index.",
        example="capsa list --json",
    ),
    Verb(
        "freeze",
        group=INSIDE,
        summary="print the packages as requirements",
        text="Prints a line for each package, in the format of requirements files.",
        example="capsa freeze > requirements.txt",
    ),
    Verb(
        "show",
        group=INSIDE,
        summary="tell about a package",
        text="Tells what an installed package says of itself, what it requires and what requires it.",
        example="capsa show --files six",
        words=Words("names", "NAME", "the packages to tell about", least=1),
        options=(Option(("--files", "-f"), "flag", "list the files too"),),
    ),
    Verb(
        "check",
        group=INSIDE,
        summary="see whether the packages fit together",
        text="Compares the demands of all packages in the box with what is there. Exits 1 where one does not hold.",
        example="capsa check",
    ),
    Verb(
        "config show",
        group=AROUND,
        summary="show every setting and its origin",
        text="Shows the value of every setting and the file, variable or flag that it comes from.",
        example="capsa config show",
    ),
    Verb(
        "cache dir",
        group=AROUND,
        summary="print the folder of the store",
        text="Prints where the store is.",
        example="capsa cache dir",
    ),
    Verb(
        "cache size",
        group=AROUND,
        summary="show how large the store is",
        text="Counts the files and bytes of each part of the store.",
        example="capsa cache size",
    ),
    Verb(
        "cache clear",
        group=AROUND,
        summary="empty the store",
        text="Removes everything from the store. Boxes keep their files.",
        example="capsa cache clear",
    ),
)

# What people type who come from other tools.
SYNONYMS = {"venv": "create", "virtualenv": "create", "ls": "list", "rm": "uninstall", "i": "install"}

FAST_VERBS = ("create", "activate", "install")
