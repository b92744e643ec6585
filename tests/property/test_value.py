"""`capsa.value` does what `dataclasses` does, whatever the fields are."""

import dataclasses
import keyword

from hypothesis import given
from hypothesis import strategies as st

from capsa.value import facts, field, replace, value

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True).filter(lambda name: not keyword.iskeyword(name)) | (
    st.sampled_from(["kind", "other", "name", "default", "names", "type", "hash", "x"])
)
VALUES = st.integers() | st.text(max_size=3) | st.tuples(st.integers()) | st.none() | st.booleans()
# What stands behind a field: nothing, a default, or a factory.
FIELDS = st.dictionaries(NAMES.filter(lambda name: name != "self"), st.none() | st.tuples(VALUES) | st.just(list))


def pair(fields):
    """Return the same class made by both."""

    def body(specify):
        made = {"__annotations__": dict.fromkeys(fields, "object"), "__doc__": "Doc."}
        for name, told in fields.items():
            if told is list:
                made[name] = specify(default_factory=list)
            elif told is not None:
                made[name] = told[0]
        return made

    theirs = dataclasses.dataclass(frozen=True, slots=True, kw_only=True)(type("Sample", (), body(dataclasses.field)))
    return theirs, value(type("Sample", (), body(field)))


def outcome(act):
    """Return what an act gives, or the kind of error it raises."""
    try:
        return act()
    except TypeError:
        return TypeError


@given(st.data())
def test_values_are_what_dataclasses_are(data):
    fields = data.draw(FIELDS)
    theirs, ours = pair(fields)
    given_names = st.sampled_from(sorted({*fields, "unknown"}))
    required = [name for name, told in fields.items() if told is None]
    told = data.draw(st.dictionaries(given_names, VALUES) | st.fixed_dictionaries(dict.fromkeys(required, VALUES)))
    expected, actual = outcome(lambda: theirs(**told)), outcome(lambda: ours(**told))
    if expected is TypeError:
        assert actual is TypeError
        return
    assert facts(actual) == dataclasses.asdict(expected)
    assert repr(actual) == repr(expected).replace(theirs.__qualname__, ours.__qualname__)
    assert outcome(lambda: hash(actual)) == outcome(lambda: hash(expected))
    assert actual == ours(**told)
    assert ours.__slots__ == theirs.__slots__
    assert ours.__match_args__ == theirs.__match_args__
    changes = data.draw(st.dictionaries(given_names, VALUES, max_size=2))
    other, others = (
        outcome(lambda: replace(actual, **changes)),
        outcome(lambda: dataclasses.replace(expected, **changes)),
    )
    if others is TypeError:
        assert other is TypeError
        return
    assert facts(other) == dataclasses.asdict(others)
    assert (other == actual) == (others == expected)
