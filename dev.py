#!/usr/bin/env python3
"""The one door of this checkout: `python3 dev.py demo | test | lint | docs | install | bench`.

Makes the environment that the verbs need in `.dev/`, with the standard library alone: any Python 3.11 or newer will do,
also one without ensurepip. Never touches another environment and never asks for settings that the machine already has:
pip's index, certificate and proxy settings hold here too, everything else that could lead pip elsewhere does not.
"""

from __future__ import annotations

import argparse
import os
import random
import shlex
import shutil
import sys
import tempfile

if sys.version_info < (3, 11):  # noqa: UP036 - somebody's `python3` may well be older, and deserves a sentence
    sys.exit(f"dev.py needs Python 3.11 or newer, and this one is {sys.version.split()[0]}: try `python3.12 dev.py`")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # not there of itself under PYTHONSAFEPATH

from workshop.environment import ensure, make_bare, pip, site_folder
from workshop.launcher import MARK, data_folder, launcher_text, path_line, user_bin
from workshop.shells import get_shells
from workshop.step import BIN, PYTHON_NAME, ROOT, SOURCE, StepError, read, run, say, variables, write


def demo(_options: argparse.Namespace, _rest: list[str]) -> int:
    """Make the box of examples/hello, fill it and run the application in it."""
    python = ensure()
    box = "examples/hello/.venv"
    inside = os.path.join(ROOT, "examples", "hello", ".venv", BIN, PYTHON_NAME)
    requirements = "examples/hello/requirements.txt"
    steps = [["install", "--env", box, "-r", requirements]]
    if not os.path.exists(inside):
        is_half_made = os.path.exists(os.path.join(ROOT, box, "pyvenv.cfg"))
        steps.insert(0, ["create", *(["--clear"] if is_half_made else []), box])
    for step in steps:
        say(f"$ capsa {shlex.join(step)}")
        status = run([python, "-m", "capsa", *step], variables(PYTHONPATH=SOURCE))
        if status:
            return status
    say(f"$ {box}/{BIN}/python examples/hello/hello.py")
    return run([inside, "examples/hello/hello.py"], variables())


def test(options: argparse.Namespace, rest: list[str]) -> int:
    """Run pytest over two or more processes; arguments that are not ours go to pytest."""
    python = ensure("test")
    get_shells(python)
    if options.seed is None:
        # The everyday run is the same for everybody; a long one looks somewhere new each time and says where.
        options.seed = random.SystemRandom().randrange(10**6) if options.long else 1
    added = {"CAPSA_TEST_SEED": str(options.seed)}
    arguments = rest[1:] if rest[:1] == ["--"] else rest
    if options.long:
        added["CAPSA_TEST_LONG"] = "1"
        arguments = [f"--hypothesis-seed={options.seed}", *arguments]
    if not any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in arguments):
        arguments = ["-n", "auto", "--dist", "worksteal", *arguments]
    return run([python, "-m", "pytest", *arguments], variables(**added))


def lint(_options: argparse.Namespace, _rest: list[str]) -> int:
    """Run ruff's rules, ruff's formatter (which changes nothing here) and mypy: all three, whatever each says."""
    python = ensure("lint")
    failed = 0
    for tool in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]):
        say(f"$ {shlex.join(tool)}")
        failed |= run([python, "-m", *tool], variables())
    return 1 if failed else 0


def install(_options: argparse.Namespace, _rest: list[str]) -> int:
    """Install this checkout for the user: an environment in the data folder and a launcher in the bin folder."""
    ensure()
    apps, folder = os.path.join(data_folder(), "capsa", "app"), user_bin()
    launcher = os.path.join(folder, "capsa.cmd" if os.name == "nt" else "capsa")
    if os.path.lexists(launcher) and MARK not in read(launcher):
        raise StepError(f"{launcher} is there already and was not written by dev.py: move it away, then try again")
    os.makedirs(apps, exist_ok=True)
    os.makedirs(folder, exist_ok=True)
    earlier = [entry.path for entry in os.scandir(apps)]
    say(f"installing capsa into {apps}")
    home = tempfile.mkdtemp(prefix="capsa-", dir=apps)
    try:
        os.chmod(home, 0o755)  # noqa: S103 - mkdtemp's 0700 would lock out the other users of a system-wide folder
        make_bare(home)
        python = os.path.join(home, BIN, PYTHON_NAME)
        pip(["--python", python, "install", "--quiet", ROOT], what="installing capsa")
        write(launcher, launcher_text(python, site_folder(home)), mode=0o755)
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise
    for path in earlier:
        shutil.rmtree(path, ignore_errors=True)
    say(f"wrote {launcher}")
    if folder not in os.environ.get("PATH", "").split(os.pathsep):
        say(f"{folder} is not on PATH; this line puts it there: {path_line(folder)}")
    return 0


def docs(_options: argparse.Namespace, _rest: list[str]) -> int:
    """Write the reference pages that are made from tables, and the site into `.dev/site`; warnings are errors."""
    from workshop.docs import build  # noqa: PLC0415 - needed by no other verb

    return build()


def bench(options: argparse.Namespace, _rest: list[str]) -> int:
    """Measure capsa beside uv, pip and virtualenv on a mirror of loopback; leaves tools and mirror below .dev/bench."""
    from workshop.bench import verb  # noqa: PLC0415 - a dozen modules that no other verb needs

    return verb.bench(options)


def parser() -> argparse.ArgumentParser:
    """Return the reader of the command line."""
    top = argparse.ArgumentParser(prog="dev.py", description="The one door of this checkout.", allow_abbrev=False)
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    for act, title in (
        (demo, "make the box of examples/hello with capsa, fill it, run the application in it"),
        (test, "run the tests; unknown arguments go to pytest: `dev.py test -k journal -x`"),
        (lint, "run ruff and mypy; changes nothing"),
        (docs, "make the documentation as a site, below .dev/site; warnings are errors"),
        (install, "put a `capsa` command for this user into the bin folder"),
        (bench, "measure capsa beside uv, pip and virtualenv; on a quiet machine, please"),
    ):
        verb = verbs.add_parser(act.__name__, help=title, description=act.__doc__, allow_abbrev=False)
        verb.set_defaults(act=act)
        if act is test:
            verb.add_argument("--long", action="store_true", help="everything, also what takes more than minutes")
            verb.add_argument("--seed", type=int, metavar="N", help="repeat the random choices of an earlier run")
        if act is bench:
            add_bench_options(verb)
    return top


def add_bench_options(verb: argparse.ArgumentParser) -> None:
    """Give `bench` its options."""
    verb.add_argument("--quick", action="store_true", help="three rounds, the small set: to see that all works")
    verb.add_argument("--set", choices=("small", "large"), help="one set of packages; both unless told otherwise")
    verb.add_argument("--only", nargs="+", metavar="NAME", help="scenes by name; a wrong name lists them")
    verb.add_argument(
        "--tools", nargs="+", metavar="NAME", help="only these, say `capsa uv`: pip takes most of the hour"
    )
    verb.add_argument("--rounds", type=int, metavar="N", help="how many rounds count, for every scene")
    verb.add_argument("--lean", action="store_true", help="pages list only the wheels that are there")
    verb.add_argument("--json", metavar="FILE", help="write every single time into a file")
    verb.add_argument("--clean", action="store_true", help="delete tools and mirror, measure nothing")


def main() -> int:
    """Do what the command line asks; returns the exit status."""
    top = parser()
    options, rest = top.parse_known_args()
    if rest and options.act is not test:
        top.error(f"`{options.verb}` does not know {shlex.join(rest)}")
    try:
        return int(options.act(options, rest))
    except StepError as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
