"""The whole command line: parse, open a session, run one command, show its result. What the fast path does not answer.

Loads only the asked verb's command. Exit codes and streams as CONTRACT fixes them ("Outputs").
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TextIO

from capsa.cli.call import Call
from capsa.cli.entry import give_up, read_surroundings, terminal_size
from capsa.cli.help import help_text
from capsa.cli.parse import Invocation, parse
from capsa.cli.question import asker
from capsa.cli.told import command_line
from capsa.disk.atomic import remove_tree
from capsa.errors import Failure
from capsa.model.finding import PatchOutcome, RepairOutcome, VerifyOutcome
from capsa.model.name import normalize
from capsa.model.outcome import (
    ChangesOutcome,
    CheckOutcome,
    CreateOutcome,
    EditOutcome,
    InitOutcome,
    LockOutcome,
    Outcome,
    RunOutcome,
    TravelOutcome,
)
from capsa.model.stepping import FactsOutcome, ScriptOutcome, TrustOutcome
from capsa.model.store import AuditOutcome, PruneOutcome
from capsa.model.surroundings import Surroundings
from capsa.ops.session import Session
from capsa.project.find import find_project
from capsa.settings.layer import ProjectSettings, load
from capsa.terminal.failure import failure_document, failure_text
from capsa.terminal.live import Easel, Painter
from capsa.terminal.progress import Loudness, Progress
from capsa.terminal.show import Shown, document, json_text, text
from capsa.terminal.stream import hand_over, write
from capsa.terminal.style import Style, is_live, style_of
from capsa.version import __version__

INTERRUPTED = 130
# What --quiet passes over in silence.
_DEEDS = (
    ChangesOutcome
    | CreateOutcome
    | EditOutcome
    | InitOutcome
    | LockOutcome
    | PatchOutcome
    | PruneOutcome
    | RepairOutcome
    | TravelOutcome
    | TrustOutcome
)
# What a shell or a hook reads, to the byte.
_FOR_PROGRAMS = FactsOutcome | ScriptOutcome


def main(arguments: list[str]) -> int:
    """Run one command line (without the program's name) and return the exit code of the process."""
    values: Mapping[str, object] = {word.lstrip("-"): True for word in arguments if word in {"--json", "--no-color"}}
    surroundings: Surroundings | None = None
    try:
        surroundings = read_surroundings()
        invocation = parse(arguments)
        values = invocation.values
        return _answer(invocation, surroundings)
    except Failure as failure:
        return _fail(failure, values, surroundings)
    except KeyboardInterrupt:
        write(sys.stderr, "interrupted\n")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone (`capsa list | head`): that is no failure, and nobody is left to be told.
        give_up(sys.stdout)
        return 0


def _answer(invocation: Invocation, surroundings: Surroundings) -> int:
    if invocation.verb == ("version",):
        _print(sys.stdout, f"capsa {__version__}\n")
        return 0
    if invocation.verb == ("help",):
        _print(sys.stdout, help_text(str(invocation.values.get("topic", "")), surroundings.width))
        return 0
    outcome = _run(invocation, surroundings)
    if not isinstance(outcome, RunOutcome):
        _show(outcome, invocation.values, surroundings)
    return exit_code(outcome)


def _print(stream: TextIO, text: str, write: Callable[[TextIO, str], None] = write) -> None:
    """Write an answer; a full disk behind a redirection is a failure like any other."""
    try:
        write(stream, text)
    except BrokenPipeError:
        raise
    except OSError as error:
        give_up(stream)
        raise Failure(f"the answer can't be written: {error.strerror}") from error


def exit_code(outcome: Outcome) -> int:
    """Return the exit code for a result: 1 where a check found something, the child's for a command that ran."""
    if isinstance(outcome, RunOutcome):
        return outcome.code
    return 0 if _is_good(outcome) else 1


def _is_good(outcome: Outcome) -> bool:
    match outcome:
        case CheckOutcome():
            is_good = not outcome.problems
        case AuditOutcome():
            is_good = not outcome.damages
        case ChangesOutcome():
            is_good = not (outcome.is_check and (outcome.changes or outcome.is_absent))
        case LockOutcome():
            is_good = outcome.is_current or not outcome.is_check
        case VerifyOutcome():
            is_good = outcome.is_sound
        case RepairOutcome():
            is_good = outcome.is_whole
        case _:
            is_good = True
    return is_good


def _run(invocation: Invocation, surroundings: Surroundings) -> Outcome:
    values = invocation.values
    settings = load(surroundings, flags=_flags(values, surroundings), project=_project(values, surroundings))
    command = import_module(f"capsa.cli.commands.{'_'.join(invocation.verb)}")
    try:
        with _progress(values, surroundings) as progress:
            session = Session(
                surroundings=surroundings,
                settings=settings,
                reporter=progress,
                refresh=_refresh(values),
                command=command_line(invocation),
                ask=asker(values, surroundings, progress.resting),
            )
            try:
                outcome: Outcome = command.run(Call(values, session))
            finally:
                session.close()
    finally:
        if "no-cache" in values:
            remove_tree(settings.cache_dir)
    return outcome


def _flags(values: Mapping[str, object], surroundings: Surroundings) -> dict[str, object]:
    flags = dict(values)
    if "no-cache" in values:
        # In the current folder where that can be: linking into a box needs one disk.
        place = surroundings.folder if os.access(surroundings.folder, os.W_OK) else surroundings.home
        if "compile" not in values:
            flags["compile-bytecode"] = "never"  # no other box will have it, and a store that goes must be left alone
        flags["spares"] = "0"
        flags["cache-dir"] = os.path.join(place, f".capsa-cache-{os.getpid():x}-{os.urandom(4).hex()}")
    return flags


def _project(values: Mapping[str, object], surroundings: Surroundings) -> ProjectSettings | None:
    if "no-config" in values:
        return None
    folder = os.path.join(surroundings.folder, str(values.get("project", "")))
    project = find_project(os.path.normpath(folder))
    return None if project is None else ProjectSettings(table=project.settings, path=project.path)


def _refresh(values: Mapping[str, object]) -> frozenset[str]:
    if "refresh" not in values:
        return frozenset()
    named = values["refresh"]
    return frozenset(normalize(name) for name in named) if isinstance(named, list) and named else frozenset({"*"})


def _progress(values: Mapping[str, object], surroundings: Surroundings) -> Progress:
    style = _style(values, surroundings, is_output=False)

    def paint() -> Painter:
        # rich costs 60 ms to import, and most runs are over before anything is drawn.
        from capsa.terminal.picture import Picture  # noqa: PLC0415

        return Picture(sys.stderr, is_colored=style.is_colored)

    may_move = is_live(surroundings, has_no_progress="no-progress" in values, is_quiet="quiet" in values)
    return Progress(
        sys.stderr,
        style=style,
        loudness=Loudness(is_verbose="verbose" in values, is_quiet="quiet" in values),
        easel=Easel(painter=paint, size=terminal_size, clock=time.monotonic) if may_move else None,
    )


def _style(values: Mapping[str, object], surroundings: Surroundings, *, is_output: bool) -> Style:
    is_terminal = surroundings.is_output_terminal if is_output else surroundings.is_terminal
    return style_of(surroundings, is_terminal=is_terminal, has_no_color="no-color" in values)


def _show(outcome: Shown, values: Mapping[str, object], surroundings: Surroundings) -> None:
    if "json" in values:
        _print(sys.stdout, json_text(document(outcome)))
    elif isinstance(outcome, _FOR_PROGRAMS):
        _print(sys.stdout, text(outcome, Style()), write=hand_over)
    elif "quiet" not in values or exit_code(outcome) or not isinstance(outcome, _DEEDS):
        width = surroundings.width if surroundings.is_output_terminal else None
        _print(sys.stdout, text(outcome, _style(values, surroundings, is_output=True), width))


def _fail(failure: Failure, values: Mapping[str, object], surroundings: Surroundings | None) -> int:
    if "json" in values:
        _print(sys.stdout, json_text(failure_document(failure)))
    else:
        style = _style(values, surroundings, is_output=False) if surroundings else Style()
        write(sys.stderr, failure_text(failure, style))
    return failure.exit_code
