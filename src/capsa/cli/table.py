"""The command line as data: every verb, its words and its options. Both parsers and the help are made from it.

Decides nothing and imports nothing but its parts, since the fast path reads it too. Fixed by CONTRACT, "Verbs".
"""

from capsa.cli.option import (
    ACTIVATE,
    ADD,
    BOX_ONLY,
    CREATE,
    DRY_RUN,
    FULL,
    INIT,
    INSTALL,
    LOCK,
    PRUNE,
    REMOVE,
    REQUIREMENT_FILES,
    RUN,
    SYNC,
    TRUST,
)
from capsa.cli.row import Option, Verb, Words

HOT = True  # the fast path: see docs/adr

BOXES, PROJECTS, PACKAGES, INSIDE, AROUND = "Boxes", "Projects", "Packages", "Look inside", "Around them"

BOX = Words("path", "BOX", "the box, by its name or path (default: the project's `.venv`)", most=1)

VERBS = (
    Verb(
        "create",
        group=BOXES,
        summary="make a box",
        text="Makes a virtual environment, by default `.venv` in the current folder, with pip inside. A folder that is "
        "not a box is never cleared or written into, unless it is empty.",
        example="capsa create -p 3.12",
        words=Words("path", "PATH", "the folder of the box (default: `.venv`)", most=1),
        options=CREATE,
    ),
    Verb(
        "activate",
        group=BOXES,
        summary="step into a box",
        text="Steps into the box where the shell has the hook (see `capsa hook`). Without it, prints the line that "
        "does, for the shell that you are in.",
        example="capsa activate .venv",
        words=BOX,
        options=ACTIVATE,
    ),
    Verb(
        "deactivate",
        group=BOXES,
        summary="step out of the box",
        text="Steps out of the active box where the shell has the hook (see `capsa hook`). Without it, prints the line "
        "that does.",
        example="capsa deactivate",
    ),
    Verb(
        "shell",
        group=BOXES,
        summary="start a shell inside a box",
        text="Starts the shell that you are in once more, with your own start files, inside the box. `exit` leaves it, "
        "and the shell around is as before.",
        example="capsa shell",
        words=BOX,
    ),
    Verb(
        "init",
        group=PROJECTS,
        summary="begin a project",
        text="Writes a pyproject.toml where there is none. Nothing that is there is changed.",
        example="capsa init",
        words=Words("path", "PATH", "the folder of the project (default: the current one)", most=1),
        options=INIT,
    ),
    Verb(
        "add",
        group=PROJECTS,
        summary="add dependencies to the project",
        text="Writes the dependencies into pyproject.toml, works out the lock, and brings the box to it. When the "
        "demands do not fit together, nothing is changed.",
        example="capsa add requests",
        words=Words("requirements", "REQ", 'what to add: "six", "rich>=13", a path or a URL'),
        options=ADD,
        needs=("requirements", "requirement"),
    ),
    Verb(
        "remove",
        group=PROJECTS,
        summary="remove dependencies from the project",
        text="Takes the dependencies out of pyproject.toml, works out the lock, and brings the box to it.",
        example="capsa remove requests",
        words=Words("names", "NAME", "the projects to remove", least=1),
        options=REMOVE,
    ),
    Verb(
        "lock",
        group=PROJECTS,
        summary="work out exact versions and write them down",
        text="Writes pylock.toml (PEP 751) with every package that the project needs, exact and with hashes. Versions "
        "that are locked already stay where they fit. With -r, a lock is made of requirements files.",
        example="capsa lock --upgrade-package requests",
        options=LOCK,
    ),
    Verb(
        "sync",
        group=PROJECTS,
        summary="make the box equal to the lock",
        text="Puts in what the lock names, and removes what it does not. Works out the lock first, where it is not up "
        "to date.",
        example="capsa sync --group docs",
        options=SYNC,
    ),
    Verb(
        "run",
        group=PROJECTS,
        summary="run a command in the project's box",
        text="Brings the box to the lock where it is not, removing nothing, and becomes the command. A script that "
        "states its dependencies (PEP 723) gets a box of its own.",
        example="capsa run python -m pytest",
        words=Words("command", "CMD", "the command with its arguments, or a Python script", least=1, is_command=True),
        options=RUN,
    ),
    Verb(
        "install",
        group=PACKAGES,
        summary="put packages into a box",
        text="Works out versions that fit together, fetches what the store lacks, and changes the box in one step: "
        "after a failure it is as it was.",
        example='capsa install "django>=5,<6" -r requirements.txt',
        words=Words("requirements", "REQ", 'what to install: "six", "rich>=13", the path or URL of a wheel or source'),
        options=INSTALL,
        needs=("requirements", "requirement", "editable"),
    ),
    Verb(
        "uninstall",
        group=PACKAGES,
        summary="take packages out of a box",
        text="Removes the packages that are named and nothing else. Files that others put among theirs stay and are "
        "named.",
        example="capsa uninstall six",
        words=Words("names", "NAME", "the packages to remove"),
        options=(REQUIREMENT_FILES, DRY_RUN),
        needs=("names", "requirement"),
    ),
    Verb(
        "undo",
        group=PACKAGES,
        summary="go back to the state before",
        text="Takes the last change of the box back, or all changes since the state that is named, with what the same "
        "commands wrote into pyproject.toml and pylock.toml. Where such a file was edited since, nothing is changed.",
        example="capsa undo",
        words=Words("state", "@N", "the state to go to (default: the one before)", most=1),
        options=(BOX_ONLY, DRY_RUN),
    ),
    Verb(
        "redo",
        group=PACKAGES,
        summary="make again what was undone",
        text="Makes the change again that was undone last. A new change of the box ends what can be made again.",
        example="capsa redo",
        options=(BOX_ONLY, DRY_RUN),
    ),
    Verb(
        "history",
        group=INSIDE,
        summary="show the past states of a box",
        text="Shows the last 20 states of the box, the newest first: when, by which command, and what changed. "
        "Going to one of them: `capsa undo @N`.",
        example="capsa history",
    ),
    Verb(
        "diff",
        group=INSIDE,
        summary="compare boxes, locks and states",
        text="Shows the packages and versions that differ between two boxes (their folders), locks (their files) or "
        "states of the box (`@N`). One alone is compared with the box as it is now.",
        example="capsa diff @1",
        words=Words("sides", "SIDE", "a box, a lock, or a state of the box like @3", least=1, most=2),
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
        "verify",
        group=INSIDE,
        summary="compare every file with what was installed",
        text="Looks at every file of the box, by size, time and permissions, with --full by its hash too, and tells "
        "what is missing, altered, or in no list, and which other boxes share a damaged file. Exits 1 where one is "
        "damaged; the next sync mends the box.",
        example="capsa verify --full",
        words=Words("names", "NAME", "the packages to look at (default: all)"),
        options=(FULL,),
    ),
    Verb(
        "repair",
        group=INSIDE,
        summary="mend missing and damaged files",
        text="Puts the missing and the damaged files in anew, from the store where it has good ones, and touches no "
        "other. Files that are in no list stay and are named.",
        example="capsa repair",
        words=Words("names", "NAME", "the packages to mend (default: all)"),
        options=(FULL, DRY_RUN),
    ),
    Verb(
        "edit",
        group=INSIDE,
        summary="give the box its own copy of a package, to be patched",
        text="Copies the files of a package, so that what you change in them stays in this box. They stay until "
        "another version comes, or `capsa install --reinstall NAME` brings the original ones back.",
        example="capsa edit six",
        words=Words("names", "NAME", "the packages to be patched", least=1),
    ),
    Verb(
        "hook",
        group=AROUND,
        summary="print what makes a shell step in and out",
        text="Prints the integration for a shell: bash, zsh, ksh, fish, tcsh, powershell, nu, xonsh or elvish. One "
        "line in the shell's start file takes it in. Then `capsa activate` and `capsa deactivate` change the running "
        "shell, and going into a trusted project steps into its box.",
        example="capsa hook bash",
        words=Words("shell", "SHELL", "the name of the shell", least=1, most=1),
    ),
    Verb(
        "trust",
        group=AROUND,
        summary="let shells step into a project's box",
        text="Lets shells with the hook step into the box of a project on `cd`. The programs of that box then come "
        "first on PATH, so trust what you would run. Refuses a project that others could change. With --list, shows "
        "what is trusted.",
        example="capsa trust",
        words=Words("path", "PATH", "the folder of the project (default: the one around)", most=1),
        options=TRUST,
    ),
    Verb(
        "untrust",
        group=AROUND,
        summary="let shells step into it no more",
        text="Takes the trust in a project back. Its folder may be gone.",
        example="capsa untrust",
        words=Words("path", "PATH", "the folder of the project (default: the one around)", most=1),
    ),
    Verb(
        "completions",
        group=AROUND,
        summary="print what completes words on TAB",
        text="Prints the completions for a shell: bash, zsh, fish or powershell. Read when the shell starts, they "
        "offer verbs, options, boxes and packages on TAB, and start no program for it.",
        example="capsa completions bash",
        words=Words("shell", "SHELL", "the name of the shell", least=1, most=1),
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
        "cache verify",
        group=AROUND,
        summary="check every file of the store",
        text="Reads every file of the store and compares it with what was put in. What is damaged is taken out, so "
        "that it is had anew when it is needed, and the boxes that hold the same file are named. Exits 1 where "
        "anything is damaged.",
        example="capsa cache verify",
    ),
    Verb(
        "cache prune",
        group=AROUND,
        summary="take out of the store what is not needed",
        text="Removes what no box on this machine needs, also not to go back in its history, and what was not used for "
        "some time. What boxes need is never removed, and boxes that capsa does not know keep their files.",
        example="capsa cache prune --days 90 --max-size 5GB",
        options=PRUNE,
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
SYNONYMS = {"venv": "create", "virtualenv": "create", "ls": "list", "rm": "uninstall", "i": "install", "new": "init"}

FAST_VERBS = ("create", "activate", "hook", "install", "lock", "sync", "run")
