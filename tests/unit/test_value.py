"""Values: what ``@dataclass(frozen=True, slots=True, kw_only=True)`` promises, and methods that are written late."""

import copy
import math
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import pytest

from capsa import value as module
from capsa.value import FrozenError, facts, field, replace, value
from house.sources import SRC


@value
class Point:
    """A place."""

    x: int
    y: int = 0
    tags: dict[str, int] = field(default_factory=dict)

    @property
    def is_origin(self) -> bool:
        return not self.x and not self.y

    @classmethod
    def at(cls, x):
        return cls(x=x)

    def moved(self, by):
        return replace(self, x=self.x + by)


@value
class Nothing:
    """A value without a field."""


@value
class Holder:
    secret: str = field(default="s", is_shown=False)
    inner: object = None


def test_fields_are_given_by_name_and_have_their_defaults():
    assert facts(Point(x=1)) == {"x": 1, "y": 0, "tags": {}}
    assert facts(Point(y=3, x=2, tags={"a": 1})) == {"x": 2, "y": 3, "tags": {"a": 1}}
    assert Holder().secret == "s"
    assert facts(Nothing()) == {}


def test_a_factory_makes_a_default_for_each_value():
    assert Point(x=1).tags is not Point(x=1).tags


@pytest.mark.parametrize("given", [{}, {"y": 1}, {"x": 1, "z": 2}])
def test_a_missing_or_unknown_field_is_a_type_error_the_first_time_and_later(given):
    @value
    class Fresh:
        x: int
        y: int = 0

    for _ in range(2):
        with pytest.raises(TypeError, match=r"__init__\(\) "):
            Fresh(**given)


def test_fields_can_not_be_given_by_place():
    for kind in (Point, Nothing):
        for _ in range(2):
            with pytest.raises(TypeError):
                kind(1)


def test_a_default_that_can_change_is_refused():
    with pytest.raises(TypeError, match=r"Bad\.names can change"):

        @value
        class Bad:
            names: list[str] = []  # noqa: RUF012 - refused, which is what this shows


def test_a_value_inherits_nothing():
    with pytest.raises(TypeError, match="inherit nothing"):

        @value
        class Child(Point):
            z: int


def test_nothing_of_a_value_can_be_set_or_deleted():
    point = Point(x=1)
    for change in (lambda: setattr(point, "x", 2), lambda: setattr(point, "new", 2), lambda: delattr(point, "x")):
        with pytest.raises(FrozenError, match="can't be changed"):
            change()
    assert issubclass(FrozenError, AttributeError)
    assert point.x == 1


def test_a_value_has_slots_and_no_dictionary():
    assert Point.__slots__ == ("x", "y", "tags")
    assert not hasattr(Point(x=1), "__dict__")
    assert not hasattr(Point(x=1), "__weakref__")


def test_the_class_keeps_its_name_its_words_and_its_members():
    assert (Point.__name__, Point.__qualname__, Point.__module__) == ("Point", "Point", __name__)
    assert Point.__doc__ == "A place."
    assert list(Point.__annotations__) == ["x", "y", "tags"]
    assert Point.__match_args__ == ()
    assert Point.at(0).is_origin
    assert Point.at(1).moved(2) == Point(x=3)
    assert Point.__init__.__qualname__ == "Point.__init__"


def test_values_are_equal_when_their_class_and_fields_are():
    @value
    class Other:
        x: int
        y: int = 0
        tags: object = None

    assert Point(x=1) == Point(x=1)
    assert Point(x=1) != Point(x=2)
    assert Point(x=1, tags={}) != Other(x=1, tags={})
    assert Other(x=1, tags={}) != Point(x=1, tags={})
    assert Other(x=1) != 1
    assert Nothing() == Nothing()
    assert Nothing() != Holder()


def test_the_hash_is_that_of_the_fields():
    assert hash(Holder(inner=1)) == hash(Holder(inner=1)) == hash(("s", 1))
    assert {Holder(inner=1), Holder(inner=1), Nothing()} == {Nothing(), Holder(inner=1)}
    for _ in range(2):
        with pytest.raises(TypeError, match="unhashable type: 'dict'"):
            hash(Point(x=1))


def test_the_repr_shows_the_fields_but_hidden_ones_and_survives_a_circle():
    assert repr(Point(x=1)) == "Point(x=1, y=0, tags={})"
    assert repr(Nothing()) == "Nothing()"
    circle = []
    circle.append(Holder(inner=circle))
    assert repr(circle[0]) == "Holder(inner=[...])"


def test_own_methods_are_kept():
    @value
    class Own:
        x: int
        __eq__ = object.__eq__
        __hash__ = object.__hash__

        def __repr__(self):
            return "mine"

    one = Own(x=1)
    assert repr(one) == "mine"
    assert one == one  # noqa: PLR0124 - the same is equal
    assert one != Own(x=1)
    assert len({one, Own(x=1)}) == 2


def test_a_cached_property_is_worked_out_once_and_is_no_field():
    calls = []

    @value
    class Cached:
        x: int

        @cached_property
        def double(self):
            calls.append(self.x)
            return 2 * self.x

    one = Cached(x=2)
    assert (one.double, one.double, calls) == (4, 4, [2])
    assert one == Cached(x=2)
    assert facts(one) == {"x": 2}
    with pytest.raises(FrozenError):
        one.other = 1


def test_replace_gives_a_new_value_and_leaves_the_old():
    point = Point(x=1, tags={"a": 1})
    other = replace(point, y=5)
    assert (point.y, other) == (0, Point(x=1, y=5, tags={"a": 1}))
    assert other.tags is point.tags
    with pytest.raises(TypeError, match="z"):
        replace(point, z=1)


def test_a_value_survives_pickle_and_copies():
    point = Point(x=1, tags={"a": 1})
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(point, protocol)) == point
    assert copy.copy(point) == point
    assert copy.copy(point).tags is point.tags
    deep = copy.deepcopy(point)
    assert deep == point
    assert deep.tags is not point.tags


def test_a_field_may_have_any_name_that_an_argument_may():
    @value
    class Odd:
        type: int
        default: int = 1
        names: tuple[str, ...] = ()
        kind: str = "k"
        other: object = None

    assert facts(Odd(type=2)) == {"type": 2, "default": 1, "names": (), "kind": "k", "other": None}
    assert Odd(type=2) == Odd(type=2)
    assert hash(Odd(type=2)) == hash((2, 1, (), "k", None))


def test_values_match_by_name():
    match Point(x=1, y=2):
        case Point(x=1, y=found):
            assert found == 2
        case _:
            pytest.fail("no match")


def test_comparing_asks_the_fields_and_not_who_they_are():
    assert Holder(inner=math.nan) != Holder(inner=math.nan)


def test_nothing_is_written_before_it_is_needed(monkeypatch):
    written = []
    write = module._write
    monkeypatch.setattr(module, "_write", lambda kind, name, *rest: (written.append(name), write(kind, name, *rest)))

    @value
    class Late:
        x: int

    assert written == []
    one, two = Late(x=1), Late(x=1)
    assert written == ["__init__"]
    assert one == two
    assert one != 2
    assert hash(one) == hash(two)
    assert written == ["__init__", "__eq__", "__hash__"]


def test_threads_may_need_a_class_at_the_same_time():
    for _ in range(20):

        @value
        class Shared:
            x: int

        with ThreadPoolExecutor(4) as pool:
            assert len(set(pool.map(lambda _, kind=Shared: kind(x=1), range(16)))) == 1


def test_dataclasses_is_not_loaded():
    code = f"import sys; sys.path.insert(0, {SRC!r}); import capsa.value; sys.exit('dataclasses' in sys.modules)"
    assert subprocess.run([sys.executable, "-I", "-S", "-c", code], check=False).returncode == 0
