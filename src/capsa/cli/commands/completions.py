"""``capsa completions SHELL``: the table of verbs, as the shells' completions take it."""

from __future__ import annotations

from capsa.cli.call import Call
from capsa.cli.option import EVERYWHERE
from capsa.cli.row import Option, Verb
from capsa.cli.table import VERBS
from capsa.machine.names import named_folder
from capsa.model.event import Event
from capsa.model.stepping import ScriptOutcome
from capsa.shell.completion import READERS, SHELLS, Line, Offer, completion_text
from capsa.shell.hook import HOOKS

_KINDS = {"FILE": "file", "PLACE": "file", "DIR": "folder", "PATH": "folder", "BOX": "box"}
# Options whose word is the name of a package that is there.
_PACKAGES = {"refresh", "reinstall", "upgrade-package", "no-binary", "only-binary"}
_WORDS = {"names": "package", "requirements": "file", "sides": "file", "command": "command"}
_CHOICES = {"hook": tuple(HOOKS), "completions": SHELLS}


def run(call: Call) -> ScriptOutcome:
    """Return what the shell reads when it starts."""
    shell = call.text("shell") or ""
    lines = [_line(verb) for verb in VERBS]
    text = completion_text(shell, lines, _offers(EVERYWHERE), named_folder(call.session.settings.data_dir))
    if call.session.surroundings.is_output_terminal:
        file, line = READERS[shell]
        call.session.report(Event(kind="note", text=f"{shell} is to read this: put into {file}: {line}"))
    return ScriptOutcome(shell=shell, text=text)


def _line(verb: Verb) -> Line:
    words = verb.words
    taken = "text"
    if words is not None:
        choices = _CHOICES.get(verb.name, ())
        taken = " ".join(("choice", *choices)) if choices else _WORDS.get(words.key, _KINDS.get(words.metavar, "text"))
    return Line(
        name=verb.name,
        help=verb.summary,
        takes=Offer(kind=taken),
        most=words.most if words is not None else 0,
        options=_offers(verb.options),
    )


def _offers(options: tuple[Option, ...]) -> tuple[Offer, ...]:
    return tuple(
        Offer(names=option.names, kind=_kind(option), help=option.help)
        for option in options
        if option.kind != "refused"
    )


def _kind(option: Option) -> str:
    if option.kind == "flag":
        return "flag"
    kind = "package" if option.key in _PACKAGES else _KINDS.get(option.metavar, "text")
    if option.choices:
        kind = " ".join(("choice", *option.choices))
    return f"={kind}" if option.kind == "optional" else kind
