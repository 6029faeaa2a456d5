"""How one value of the configuration is read: each reader checks type and range or raises ValueError."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from typing import Any, Final, Literal

Reader = Callable[[object], Any]

NONE: Final = "none"
"""Written in the file for "without": `window = "none"` takes away the window that a built-in kind has."""
Never = Literal["none"]

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def number(
    low: float | None = None, high: float | None = None, *, above: float | None = None, whole: bool = False
) -> Reader:
    """A number within `low <= x <= high`, and `x > above`; `whole` for integers only."""

    def read(value: object) -> float | int:
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise ValueError("a whole number is wanted" if whole else "a number is wanted")
        if math.isnan(value):
            raise ValueError("a number is wanted")
        if low is not None and value < low:
            raise ValueError(f"must be at least {low:g}")
        if above is not None and value <= above:
            raise ValueError(f"must be greater than {above:g}")
        if high is not None and value > high:
            raise ValueError(f"must be at most {high:g}")
        return int(value) if whole else float(value)

    return read


def text(value: object) -> str:
    """A text that is not blank."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text is wanted")
    return value


def url(value: object) -> str:
    """An address with its scheme, and nothing that a link could not hold."""
    if not isinstance(value, str) or not re.fullmatch(
        r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s<>\"#]+", value.strip()
    ):
        raise ValueError('an address such as "https://host/bloom/" is wanted')
    return value.strip()


def size(value: object) -> str:
    """A size in bytes as DuckDB writes it: "2GB", "512MiB"."""
    if not isinstance(value, str) or not re.fullmatch(r"\d+(\.\d+)?\s*([KMGT]i?B|B)", value.strip()):
        raise ValueError('a size such as "2GB" is wanted')
    return value.strip()


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError("true or false is wanted")
    return value


def texts(value: object) -> tuple[str, ...]:
    """A list of texts; one text stands for a list of one."""
    if isinstance(value, str):
        return (text(value),)
    if not isinstance(value, (list, tuple)):
        raise ValueError("a list of texts is wanted")
    return tuple(text(item) for item in value)


def mapping(value: object) -> dict[str, str]:
    """A table of texts."""
    if not isinstance(value, dict):
        raise ValueError("a table of texts is wanted")
    for key, item in value.items():
        if not isinstance(item, str) or not item.strip():
            raise ValueError(f"{key}: a text is wanted")
    return dict(value)


def choice(kind: type[Enum]) -> Reader:
    """One of an enumeration's values."""

    def read(value: object) -> Enum:
        try:
            return kind(value)
        except ValueError:
            known = ", ".join(str(member.value) for member in kind)
            raise ValueError(f"must be one of {known}") from None

    return read


def duration(value: object) -> timedelta | Never:
    """A length of time: "30d", "12h", "90m", "45s", "2w", a number of days, or "none". Always positive."""
    if isinstance(value, str) and value.strip().lower() == NONE:
        return NONE
    length: timedelta | None = None
    try:
        if isinstance(value, str) and (found := re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhdw])\s*", value)):
            length = timedelta(**{_UNITS[found[2]]: float(found[1])})
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            length = timedelta(days=value)
    except (OverflowError, ValueError):
        length = None
    if length is None or length <= timedelta(0):
        raise ValueError('a positive time such as "30d" or "12h", a number of days, or "none" is wanted')
    return length
