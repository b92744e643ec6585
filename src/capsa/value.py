"""Values: frozen, slotted, given by name, as by ``@dataclass(frozen=True, slots=True, kw_only=True)``, but made faster.

`dataclasses` writes and compiles the methods of a class while its module is imported. Here a class costs next to
nothing until it is used: ``__init__``, ``__eq__`` and ``__hash__`` are written when they are first called (see
docs/adr/0014). Methods that a class brings itself are kept. Values inherit nothing and can't use ``super()``, because
the class is made anew.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from reprlib import recursive_repr
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")

_FIELDS = "__value_fields__"  # of a class: its fields by name, each with its default, a `_Field`, or `_NEEDED`
_NEEDED = object()


class FrozenError(AttributeError):
    """An attribute of a value was to be set or deleted."""


class _Field:
    __slots__ = ("default", "factory", "is_shown")

    def __init__(self, default: object, factory: Callable[[], object] | None, *, is_shown: bool) -> None:
        self.default = default
        self.factory = factory
        self.is_shown = is_shown


def field(*, default: Any = _NEEDED, default_factory: Callable[[], Any] | None = None, is_shown: bool = True) -> Any:
    """Say more of a field: what makes the default of each new value, or that ``repr`` leaves the field out."""
    return _Field(default, default_factory, is_shown=is_shown)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def value(kind: type[T]) -> type[T]:
    """Make a value of a class whose fields are annotated; raises TypeError for a default that can change, as a list."""
    if kind.__bases__ != (object,):
        raise TypeError(f"{kind.__qualname__} is a value, and values inherit nothing")
    body = dict(vars(kind))
    fields = {name: body.pop(name, _NEEDED) for name in kind.__annotations__}
    for name, default in fields.items():
        if type(default).__hash__ is None:
            raise TypeError(f"the default of {kind.__qualname__}.{name} can change: give a default_factory")
    # A cached property keeps what it found in the value's dictionary, which other values do without.
    has_cache = any(type(member) is cached_property for member in body.values())
    del body["__dict__"], body["__weakref__"]
    slots = (*fields, *(["__dict__"] if has_cache else []))
    body = {**_METHODS, **body, "__qualname__": kind.__qualname__, "__slots__": slots, _FIELDS: fields}
    return type(kind.__name__, (), body)


def facts(it: object) -> dict[str, Any]:
    """Return the fields of a value by name, in the order of its class; values among them stay values."""
    return {name: getattr(it, name) for name in getattr(it, _FIELDS)}


def replace(it: T, /, **changes: Any) -> T:
    """Return a value of the same kind that differs in some fields; a plugin of mypy checks them (see ``workshop``)."""
    return type(it)(**{**facts(it), **changes})


# What every value has. The first call of a method puts the one that is written for the class in its place.


def _first_init(self: object, /, **given: object) -> None:
    kind = type(self)
    names: dict[str, object] = {"_NEEDED": _NEEDED}
    parameters, lines = [], []
    for name, default in getattr(kind, _FIELDS).items():
        factory = default.factory if isinstance(default, _Field) else None
        plain = default.default if isinstance(default, _Field) else default
        has_default = factory is not None or plain is not _NEEDED
        # The slot's own setter, which is quicker than object.__setattr__.
        names |= {f"_set_{name}": vars(kind)[name].__set__, f"_default_{name}": plain, f"_make_{name}": factory}
        parameters.append(f", {name}=_default_{name}" if has_default else f", {name}")
        lines.append(f"_set_{name}(self, {name}{f' if {name} is not _NEEDED else _make_{name}()' if factory else ''})")
    _write(kind, "__init__", f"self{', *' if lines else ''}{''.join(parameters)}", lines or ["pass"], names)
    kind.__init__(self, **given)


def _first_eq(self: object, other: object) -> object:
    kind = type(self)
    same = " and ".join([f"self.{name} == other.{name}" for name in getattr(kind, _FIELDS)]) or "True"
    _write(
        kind, "__eq__", "self, other", [f"return {same} if other.__class__ is self.__class__ else NotImplemented"], {}
    )
    return kind.__eq__(self, other)


def _first_hash(self: object) -> int:
    own = "".join([f"self.{name}, " for name in getattr(self, _FIELDS)])
    _write(type(self), "__hash__", "self", [f"return hash(({own}))"], {})
    return hash(self)


@recursive_repr()
def _repr(self: object) -> str:
    fields = getattr(self, _FIELDS).items()
    shown = [name for name, default in fields if not isinstance(default, _Field) or default.is_shown]
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


def _refuse(self: object, name: str, *_: object) -> None:
    raise FrozenError(f"{type(self).__qualname__}.{name} can't be changed: values are frozen")


def _reduce(self: object) -> tuple[object, ...]:
    return _restore, (type(self), facts(self))


def _restore(kind: type[T], given: dict[str, object]) -> T:
    return kind(**given)


_METHODS: dict[str, object] = {
    "__init__": _first_init,
    "__eq__": _first_eq,
    "__hash__": _first_hash,
    "__repr__": _repr,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
    "__reduce__": _reduce,
    "__match_args__": (),
}


def _write(kind: type, name: str, parameters: str, lines: list[str], names: dict[str, object]) -> None:
    text = "\n ".join([f"def {name}({parameters}):", *lines])
    exec(text, names)  # noqa: S102 - the text is made of the names of fields, which a class of the house states
    method: Any = names[name]
    method.__module__, method.__qualname__ = kind.__module__, f"{kind.__qualname__}.{name}"
    setattr(kind, name, method)
