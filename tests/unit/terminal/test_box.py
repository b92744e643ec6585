"""A box that was made, and the way into it, as text and as documents, each asserted whole."""

from capsa.model import outcome as made
from capsa.terminal.show import document, text
from capsa.terminal.style import Style

PLAIN = Style(folder="/desk", home="/srv/me")


def box(pip=None, hints=()):
    return made.CreateOutcome(
        environment="/desk/.venv",
        python="CPython 3.12.1",
        reason="the first python3 on PATH",
        activation_line="source .venv/bin/activate",
        pip=pip,
        hints=hints,
    )


def test_a_box_that_was_made_tells_its_python_and_the_way_in():
    assert text(box(pip="26.3"), PLAIN) == (
        "made .venv with CPython 3.12.1 and pip 26.3 (the first python3 on PATH)\nstep in: source .venv/bin/activate\n"
    )
    assert text(box(hints=("no pip was to be had offline",)), PLAIN) == (
        "made .venv with CPython 3.12.1, without pip (the first python3 on PATH)\n"
        "hint: no pip was to be had offline\n"
        "step in: source .venv/bin/activate\n"
    )
    assert document(box()) == {
        "version": 1,
        "environment": "/desk/.venv",
        "python": "CPython 3.12.1",
        "reason": "the first python3 on PATH",
        "pip": None,
        "activate": "source .venv/bin/activate",
        "hints": [],
    }
