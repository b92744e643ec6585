"""Files of variables (``.env``), as `run --env-file` takes them: read in order, a later one over an earlier one.

What the process has already wins over every file, so that ``PORT=9 capsa run`` means what it says. ``${NAME}`` and
``${NAME:-default}`` stand for what is known until then. The syntax is that of python-dotenv; never asks the process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from capsa.errors import Failure


class VariablesError(Failure):
    """A file of variables that is missing or can't be read."""

    kind = "variables"


def read_variables(paths: Iterable[str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the ``given`` variables and those of the files at the absolute ``paths``.

    A name without a value is passed over. Raises VariablesError that names file and line of all that can't be read.
    """
    known = dict(given)
    problems: list[str] = []
    for path in paths:
        try:
            told = _told(path, known, given)
        except VariablesError as error:
            problems.append(error.message)
            continue
        known.update((name, value) for name, value in told.items() if name not in given)
    if problems:
        raise VariablesError("; ".join(problems))
    return known


def _told(path: str, known: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    # Imported where it is needed: most runs name no file (docs/adr/0011-python-dotenv.md).
    from io import StringIO  # noqa: PLC0415 - see above

    from dotenv.parser import parse_stream  # noqa: PLC0415 - see above
    from dotenv.variables import parse_variables  # noqa: PLC0415 - see above

    told: dict[str, str] = {}
    wrong: list[int] = []
    for binding in parse_stream(StringIO(_text(path))):
        if binding.error:
            wrong.append(binding.original.line)
        elif binding.key is not None and binding.value is not None:
            # As a shell would see it: what is given wins, then this file, then the files before.
            seen = {**known, **told, **given}
            told[binding.key] = "".join(atom.resolve(seen) for atom in parse_variables(binding.value))
    if wrong:
        lines = f"line{'s' if len(wrong) > 1 else ''} {', '.join(map(str, wrong))}"
        raise VariablesError(f"{path} {lines}: not of the form NAME=VALUE")
    return told


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8-sig", newline="") as stream:
            return stream.read()
    except FileNotFoundError as error:
        raise VariablesError(f"there is no file {path} (--env-file)") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise VariablesError(f"{path} line {line}: a byte that is not UTF-8") from error
    except OSError as error:
        raise VariablesError(f"{path} can't be read: {error.strerror}") from error
