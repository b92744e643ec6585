"""What the layers say of wheels and builds, put together: ``no-build``, ``only-binary`` and ``no-binary``. PURE.

``no-build`` is ``only-binary = [":all:"]`` by another name. A layer replaces the lists of weaker ones, flags add to
them (pip's custom), and what a layer names on one side leaves the other side of the weaker ones.
"""

from __future__ import annotations

from capsa.model.binary import EVERY, NOBODY, Binaries
from capsa.settings.value import Value
from capsa.value import value

KEYS = frozenset({"no-build", "only-binary", "no-binary"})

Chosen = dict[str, tuple[Value, str]]


@value
class Said:
    """What a layer says of one of the keys; ``label`` names the place in a sentence, ``origin`` in ``config show``."""

    value: Value
    origin: str
    label: str
    is_added: bool


class ContradictionError(Exception):
    """One layer wants a project to be taken as a wheel only, and always to be built; the text is the sentence."""


def settled(chosen: Chosen, layer: dict[str, Said]) -> Chosen:
    """Return the values and origins of the three keys after one more layer, which says something of at least one.

    Raises ContradictionError where it contradicts itself.
    """
    only = [layer[key] for key in ("no-build", "only-binary") if key in layer]
    no = [layer[key] for key in ("no-binary",) if key in layer]
    _check(only, no)
    before = Binaries(only=_texts(chosen["only-binary"][0]), no=_texts(chosen["no-binary"][0]))
    weaker = Binaries(
        only=tuple(word for word in before.only if not _is_dropped(word, layer)),
        no=() if no and not no[0].is_added else before.no,
    )
    after = weaker.under(Binaries(only=_words(only), no=_words(no)))
    origins = {
        "only-binary": _origin(only or no, before.only, after.only, chosen["only-binary"][1], is_told=bool(only)),
        "no-binary": _origin(no or only, before.no, after.no, chosen["no-binary"][1], is_told=bool(no)),
    }
    return {
        "no-build": (EVERY in after.only, origins["only-binary"]),
        "only-binary": (after.only, origins["only-binary"]),
        "no-binary": (after.no, origins["no-binary"]),
    }


def _check(only: list[Said], no: list[Said]) -> None:
    for first in only:
        for second in no:
            both = [word for word in _words([first]) if word in _words([second]) and word != NOBODY]
            if EVERY in both:
                raise ContradictionError(f"{first.label} and {second.label} together leave nothing to install")
            if both:
                raise ContradictionError(f"{first.label} and {second.label} both name `{both[0]}`")


def _is_dropped(word: str, layer: dict[str, Said]) -> bool:
    """Whether a word of weaker layers for ``only-binary`` no longer counts."""
    if word == EVERY and "no-build" in layer:
        return True
    return "only-binary" in layer and not layer["only-binary"].is_added


def _words(said: list[Said]) -> tuple[str, ...]:
    words: list[str] = []
    for one in said:
        words += _texts(one.value) if isinstance(one.value, tuple) else [EVERY] if one.value else []
    return tuple(words)


def _texts(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _origin(said: list[Said], before: tuple[str, ...], after: tuple[str, ...], origin: str, *, is_told: bool) -> str:
    """Where the words that hold now come from; what others left of them still comes from where it did."""
    own = said[-1].origin
    if is_told:
        return f"{own}, then {origin}" if set(after) & set(before) - set(_words(said)) else own
    return own if before and not after else origin
