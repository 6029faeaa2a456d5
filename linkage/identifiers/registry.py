"""The kinds that there are: built in, configured, or met in the data; numbered in a fixed order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage.errors import UsageError
from linkage.identifiers import client, content, device, lineage, network, payment, registration, timing
from linkage.identifiers.base import Bucket, Family, HubRule, Kind
from linkage.identifiers.cards import refuse_card
from linkage.identifiers.text import TOKEN_SQL, mask, token

_MODULES = (payment, network, device, client, content, timing, registration, lineage)

#: Every built-in kind by name, in the order of their numbers. Their m, cap and window are judgement,
#: each with its reason beside it; a configuration that has measured better says so in `[kinds.<kind>]`.
KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.name: kind for module in _MODULES for kind in module.KINDS}
)

#: Rules for a kind that nobody described. Family lineage, because what has no column of its own is mostly a
#: relation (a wallet, an exchange, an invitation), and because all such kinds then lie in ONE family: two
#: unknown kinds that may well be one fact written twice never make a link between them. Moderate (12 bits),
#: whenever seen, hubs found by cohesion.
DEFAULT_KIND = Kind(
    name="default",
    family=Family.LINEAGE,
    m=0.2,
    cap=12.0,
    clean=token,
    fast_sql=TOKEN_SQL,
    caption=mask,
)

#: What a configuration may say of a kind.
OVERRIDABLE = (
    "family",
    "m",
    "cap",
    "window",
    "half_life",
    "near_proof",
    "hub",
    "hub_degree",
    "bucket",
    "label",
    "personal",
)

#: Numbers of the families, for kernels.
FAMILY_NUMBER: Mapping[Family, int] = MappingProxyType(
    {family: number for number, family in enumerate(Family)}
)

_ENUMS: Mapping[str, type[Enum]] = {"family": Family, "hub": HubRule, "bucket": Bucket}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(h|d|w)(?:ours?|ays?|eeks?)?")
_LONGEST_HOURS = 100 * 366 * 24.0
_UNIT_HOURS = {"h": 1.0, "d": 24.0, "w": 168.0}
_PAYS = re.compile(r"(?:^|_)(?:card|cards|pan|payment|payments)(?:_|$)")


def duration(value: object) -> timedelta | None:
    """A span from a `timedelta` or text such as `3d`, `12h`, `2w`; `none` gives None."""
    if isinstance(value, timedelta):
        span = value
    elif isinstance(value, str) and value.strip().lower() == "none":
        return None
    elif isinstance(value, str) and (match := _DURATION.fullmatch(value.strip().lower())):
        hours = float(match.group(1)) * _UNIT_HOURS[match.group(2)]
        if hours > _LONGEST_HOURS:
            raise ValueError("a span of more than a century is too long: write none")
        span = timedelta(hours=hours)
    else:
        raise ValueError(f"not a span of time: {value!r} (write 12h, 3d, 2w or none)")
    if span <= timedelta(0):
        raise ValueError("a span of time must be positive")
    return span


def _value(name: str, value: object) -> object:
    """A field's value in its type."""
    if name in _ENUMS:
        choices = [str(member.value) for member in _ENUMS[name]]
        if str(value) not in choices:
            raise ValueError(f"{value!r} is none of {', '.join(choices)}")
        return _ENUMS[name](str(value))
    if name in ("window", "half_life"):
        return duration(value)
    if name in ("m", "cap"):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"must be a number, not {value!r}")
        return float(value)
    if name == "hub_degree":
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"must be a whole number, not {value!r}")
        return value
    if name in ("near_proof", "personal"):
        if not isinstance(value, bool):
            raise ValueError(f"must be true or false, not {value!r}")
        return value
    return str(value)


def _fields(name: str, override: object) -> dict[str, object]:
    """What an override says, from a mapping or from an object's attributes; what is None says nothing."""
    if override is None:
        return {}
    if isinstance(override, Mapping):
        if unknown := sorted(str(key) for key in override if key not in OVERRIDABLE):
            raise UsageError(
                f"kinds.{name}: unknown setting {unknown[0]!r} (known: {', '.join(OVERRIDABLE)})"
            )
        given = dict(override)
    else:
        given = {field_name: getattr(override, field_name, None) for field_name in OVERRIDABLE}
    found: dict[str, object] = {}
    for key, value in given.items():
        if value is not None:
            try:
                found[key] = _value(key, value)
            except ValueError as error:
                raise UsageError(f"kinds.{name}.{key}: {error}") from None
    return found


def resolve(name: str, override: object = None) -> Kind:
    """The kind of this name with what the configuration says of it; unknown names get the default's rules.

    An unknown kind of payments (by family, or by name: `card`, `pan`, `payment`) refuses card numbers as
    `card` does.
    """
    given = _fields(name, override)
    kind = KINDS.get(name) or replace(DEFAULT_KIND, name=name)
    if name not in KINDS and (given.get("family") is Family.PAYMENT or _PAYS.search(name.lower())):
        kind = replace(kind, refuse=refuse_card, clean=KINDS["card"].clean, fast_sql=KINDS["card"].fast_sql)
    try:
        return replace(kind, **given)  # type: ignore[arg-type]
    except ValueError as error:
        raise UsageError(str(error)) from None


def _hours(span: timedelta | None) -> float:
    return float("inf") if span is None else span / timedelta(hours=1)


def _array(values: Iterable[object], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    array = np.array(list(values), dtype=dtype)
    array.setflags(write=False)
    return array


@dataclass(frozen=True)
class Kinds:
    """An immutable collection of kinds. A kind's number is its place: built-ins first, the others by name.

    The arrays are indexed by number and read-only; a missing window or half-life is infinite.
    """

    items: tuple[Kind, ...]

    def __post_init__(self) -> None:
        if len({kind.name for kind in self.items}) != len(self.items):
            raise ValueError("two kinds of one name")

    @cached_property
    def by_name(self) -> Mapping[str, Kind]:
        """The kinds by name, in the order of their numbers."""
        return MappingProxyType({kind.name: kind for kind in self.items})

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {kind.name: number for number, kind in enumerate(self.items)}

    @cached_property
    def m(self) -> npt.NDArray[np.float64]:
        """The chance that two accounts of one party share a value."""
        return _array((kind.m for kind in self.items), np.float64)

    @cached_property
    def cap(self) -> npt.NDArray[np.float64]:
        """The most bits that one value gives."""
        return _array((kind.cap for kind in self.items), np.float64)

    @cached_property
    def window_hours(self) -> npt.NDArray[np.float64]:
        """How near in time two sightings must lie."""
        return _array((_hours(kind.window) for kind in self.items), np.float64)

    @cached_property
    def half_life_hours(self) -> npt.NDArray[np.float64]:
        """The age at which evidence counts half."""
        return _array((_hours(kind.half_life) for kind in self.items), np.float64)

    @cached_property
    def family_number(self) -> npt.NDArray[np.int8]:
        """The family, by FAMILY_NUMBER."""
        return _array((FAMILY_NUMBER[kind.family] for kind in self.items), np.int8)

    @cached_property
    def near_proof(self) -> npt.NDArray[np.bool_]:
        """Whether the kind links without a second family."""
        return _array((kind.near_proof for kind in self.items), np.bool_)

    @classmethod
    def build(cls, overrides: Mapping[str, object] | None = None, extra_names: Iterable[str] = ()) -> Kinds:
        """All built-in kinds, those that the configuration describes, and those that the data names."""
        given = dict(overrides or {})
        others = sorted((set(given) | set(extra_names)) - set(KINDS))
        return cls(tuple(resolve(name, given.get(name)) for name in (*KINDS, *others)))

    def number(self, name: str) -> int:
        """The kind's number; KeyError where there is no such kind."""
        return self._numbers[name]

    def __getitem__(self, number: int) -> Kind:
        return self.items[number]

    def __iter__(self) -> Iterator[Kind]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, name: object) -> bool:
        return name in self.by_name
