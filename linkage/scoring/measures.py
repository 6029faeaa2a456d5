"""Ramps over the columns of `ring_feature`: the one form in which features and stories read what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Columns = Mapping[str, FloatArray]
"""The numeric columns of `ring_feature` by name, one entry a ring; NaN is "not known"."""


@dataclass(frozen=True)
class Ramp:
    """0 at `low`, 1 at `high`, linear between and flat outside; `high` may lie below `low`. Unknown gives `missing`."""

    column: str
    low: float
    high: float
    missing: float = 0.0

    def __call__(self, columns: Columns) -> FloatArray:
        """The degree, in [0, 1], for each ring."""
        value = columns[self.column]
        degree = np.clip((value - self.low) / (self.high - self.low), 0.0, 1.0)
        return np.asarray(np.where(np.isnan(degree), self.missing, degree), dtype=np.float64)


@dataclass(frozen=True)
class Either:
    """The best of several."""

    parts: tuple[Condition, ...]

    def __call__(self, columns: Columns) -> FloatArray:
        """The degree, in [0, 1], for each ring."""
        return np.asarray(np.max([part(columns) for part in self.parts], axis=0), dtype=np.float64)


@dataclass(frozen=True)
class Both:
    """All of several: their product."""

    parts: tuple[Condition, ...]

    def __call__(self, columns: Columns) -> FloatArray:
        """The degree, in [0, 1], for each ring."""
        return np.asarray(np.prod([part(columns) for part in self.parts], axis=0), dtype=np.float64)


Condition = Ramp | Either | Both


def either(*parts: Condition) -> Either:
    """The best of `parts`."""
    return Either(parts)


def both(*parts: Condition) -> Both:
    """All of `parts` together."""
    return Both(parts)
