"""The options of the command line, in the groups in which verbs share them. Fixed by CONTRACT, "Verbs".

Decides nothing and imports nothing but its rows, since the fast path reads it too.
"""

from capsa.cli.row import Option

HOT = True  # the fast path: see docs/adr

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

PYTHON = Option(("--python", "-p"), "value", 'which Python: "3.12", ">=3.11", "pypy@3.10", or the path of one', "REQ")
REQUIREMENT_FILES = Option(("--requirement", "-r"), "list", "take the requirements of a file", "FILE")
DRY_RUN = Option(("--dry-run",), "flag", "show what would change, and change nothing")
FULL = Option(("--full",), "flag", "read every file, and compare its hash too")

CONSTRAINT_FILES = Option(
    ("--constraint", "-c"), "list", "hold versions to what a file says, and install nothing for it", "FILE"
)

CREATE = (
    Option(("--name", "-n"), "value", "make a box that is found by this name from every folder", "NAME"),
    PYTHON,
    Option(("--no-pip", "--without-pip"), "flag", "put no pip into the box"),
    Option(("--copies",), "flag", "copy the interpreter instead of linking it"),
    Option(("--system-site-packages",), "flag", "let the box see the packages of its base Python"),
    Option(("--prompt",), "value", "the name that the shell's prompt shows", "TEXT"),
    Option(("--clear",), "flag", "empty the box first, if it is one"),
    Option(("--allow-existing",), "flag", "keep what is in the box, and write it anew around that"),
    Option(("--upgrade",), "flag", "move the box to the Python that is there now"),
)

ACTIVATE = (
    Option(
        ("--facts",),
        "flag",
        "print the box, its scripts folder and the text for the prompt, a line each: what the hooks read",
    ),
)

TRUST = (Option(("--list", "-l"), "flag", "show the trusted projects, and what became of their boxes"),)

INDEX = (
    Option(("--index-url", "-i"), "value", "the default index, asked last", "URL"),
    Option(("--extra-index-url",), "list", "one more index, asked before the default one", "URL"),
    Option(("--find-links", "-f"), "list", "also take files from this page or folder", "PLACE"),
    Option(("--no-index",), "flag", "ask no index: only --find-links"),
)

BUILD = (
    Option(("--no-build",), "flag", "build nothing from source: take wheels only"),
    Option(("--only-binary",), "list", "never build this package (`:all:`, `:none:`, or names with commas)", "NAME"),
    Option(("--no-binary",), "list", "always build this package (`:all:`, `:none:`, or names with commas)", "NAME"),
    Option(("--no-build-isolation",), "flag", "build with what the box itself holds"),
    Option(("--config-settings", "-C"), "list", "a setting for the build backend (PEP 517)", "KEY=VALUE"),
)

CHOICE = (
    Option(("--pre",), "flag", "allow pre-releases: the same as --prerelease allow"),
    Option(
        ("--prerelease",),
        "value",
        "when to take pre-releases: if-necessary-or-explicit, allow, disallow",
        "POLICY",
        "",
        PRERELEASE_POLICIES,
    ),
)

UPGRADE = (
    Option(("--upgrade", "-U"), "flag", "take the newest versions that fit, not the ones that are there"),
    Option(("--upgrade-package", "-P"), "list", "take the newest version of this package only", "NAME"),
)

COMPILE = Option(("--compile",), "flag", "compile the modules now, not in the background for the next box")

_NOT_HERE = "packages go into a box: choose one with --env PATH, or make one with `capsa create PATH`"

PRUNE = (
    Option(("--days",), "value", "spare what was used in the last N days (default: 30)", "N"),
    Option(
        ("--max-size",), "value", "take out more until the store is no larger, the least recently used first", "SIZE"
    ),
    DRY_RUN,
)

INSTALL = (
    REQUIREMENT_FILES,
    CONSTRAINT_FILES,
    Option(("--editable", "-e"), "list", "link the project in this folder, so that edits count at once", "PATH"),
    *UPGRADE,
    Option(("--no-deps",), "flag", "leave the dependencies out"),
    Option(("--require-hashes",), "flag", "refuse whatever comes without a hash"),
    DRY_RUN,
    Option(
        ("--reinstall", "--force-reinstall"), "optional", "put in anew what is there, everything or NAME only", "NAME"
    ),
    COMPILE,
    *INDEX,
    *BUILD,
    *CHOICE,
    Option(("--user",), "refused", _NOT_HERE),
    Option(("--target", "-t"), "refused", _NOT_HERE),
    Option(("--prefix",), "refused", _NOT_HERE),
)


SELECTION = (
    Option(("--group",), "list", "take this dependency group too", "GROUP"),
    Option(("--no-group",), "list", "leave this dependency group out", "GROUP"),
    Option(("--extra",), "list", "take this extra of the project too", "EXTRA"),
    Option(("--all-extras",), "flag", "take every extra"),
    Option(("--all-groups",), "flag", "take every dependency group"),
    Option(("--no-dev",), "flag", "leave the group `dev` out"),
)

FROZEN = (
    Option(("--locked",), "flag", "refuse where the lock is not up to date"),
    Option(("--frozen",), "flag", "take the lock as it is, without looking whether it is up to date"),
)

_PLACE = (
    Option(("--group",), "value", "work on this dependency group", "GROUP"),
    Option(("--dev",), "flag", "work on the group `dev`"),
    Option(("--optional",), "value", "work on this extra of the project", "EXTRA"),
    Option(("--script",), "value", "work on the dependencies that this script states (PEP 723)", "FILE"),
)

BOX_ONLY = Option(("--box-only",), "flag", "leave the files of the project as they are")

_PROJECT_BOX = (
    Option(("--active",), "flag", "work on the active box, not on the project's `.venv`"),
    PYTHON,
    DRY_RUN,
    *FROZEN,
)

INIT = (
    Option(("--name",), "value", "the name of the project (default: that of the folder)", "NAME"),
    Option(("--package",), "flag", "make a package with a build system, to be installed editable"),
    Option(("--script",), "value", "make a script that states its dependencies (PEP 723)", "FILE"),
    PYTHON,
)

ADD = (
    *_PLACE,
    REQUIREMENT_FILES,
    Option(("--raw",), "flag", "write the requirements as they are given, without a bound"),
    Option(("--marker", "-m"), "value", "the environments in which they are wanted (PEP 508)", "MARKER"),
    Option(("--no-sync",), "flag", "write the files, and leave the box as it is"),
    *_PROJECT_BOX,
    *UPGRADE,
    *INDEX,
    *BUILD,
    *CHOICE,
)

REMOVE = (
    *_PLACE,
    Option(("--no-sync",), "flag", "write the files, and leave the box as it is"),
    *_PROJECT_BOX,
    *INDEX,
    *BUILD,
    *CHOICE,
)

LOCK = (
    REQUIREMENT_FILES,
    CONSTRAINT_FILES,
    Option(("--output", "-o"), "value", "the lock to write: pylock.toml, or pylock.NAME.toml", "FILE"),
    Option(("--script",), "value", "lock the dependencies that this script states (PEP 723)", "FILE"),
    Option(("--check",), "flag", "change nothing; exit 1 where the lock is not up to date"),
    DRY_RUN,
    PYTHON,
    *UPGRADE,
    *INDEX,
    *BUILD,
    *CHOICE,
)

SYNC = (
    *SELECTION,
    Option(("--inexact",), "flag", "remove nothing"),
    Option(("--check",), "flag", "change nothing; exit 1 where something would change"),
    Option(("--lock",), "value", "take this lock: any valid pylock.toml, also of another tool", "FILE"),
    Option(("--no-install-project",), "flag", "leave the project itself out"),
    Option(("--reinstall",), "optional", "put in anew what is there, everything or NAME only", "NAME"),
    COMPILE,
    *_PROJECT_BOX,
    *INDEX,
    *BUILD,
    *CHOICE,
)

RUN = (
    Option(("--with",), "list", "have these packages too, for this run only", "REQ"),
    Option(("--module", "-m"), "flag", "the first word is a module: `python -m`"),
    Option(("--script", "-s"), "flag", "the first word is a Python script, whatever its name"),
    Option(("--no-sync",), "flag", "leave the box as it is"),
    Option(("--exact",), "flag", "remove what the lock does not name"),
    Option(("--env-file",), "list", "set the variables that a file lists", "FILE"),
    Option(("--no-project",), "flag", "take no notice of the project around"),
    *SELECTION,
    Option(("--active",), "flag", "work on the active box, not on the project's `.venv`"),
    PYTHON,
    *FROZEN,
    *INDEX,
    *BUILD,
    *CHOICE,
)
