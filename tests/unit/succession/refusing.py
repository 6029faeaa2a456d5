"""What was sent and refused, written down by hand or drawn."""

import numpy as np

from linkage.succession.sendings import DAY, SECOND, Sendings

BEGIN = 20_000 * DAY
NOON = 12 * 3_600

Row = tuple[int, int, int, float, bool]
"""Text, account, day, second of the day, refused."""


def sendings(rows: list[Row]) -> Sendings:
    """These, in the order that the pipeline gives."""
    text, account, day, second, refused = (np.array(column) for column in zip(*rows, strict=True))
    at = BEGIN + day * DAY + np.round(second * SECOND).astype(np.int64)
    order = np.lexsort((account, at, text))
    return Sendings(
        bounds=np.searchsorted(text[order], np.arange(int(text.max()) + 2)).astype(np.int64),
        account=account[order].astype(np.int32),
        at=at[order].astype(np.int64),
        refused=refused[order].astype(np.bool_),
    )


def handed_on(
    text: int, one: int, two: int, days: list[int], second: float = NOON, after: float = 4.0
) -> list[Row]:
    """What `one` is refused on each of the days, `two` sends `after` seconds later."""
    return [
        row
        for day in days
        for row in ((text, one, day, second, True), (text, two, day, second + after, False))
    ]


def users(
    rng: np.random.Generator,
    text: int,
    accounts: list[int],
    days: int,
    *,
    daily: float = 3.0,
    refused: float = 0.05,
) -> list[Row]:
    """Users of a text who each come on days and at times of their own; some of what they send is refused."""
    rows: list[Row] = []
    for account in accounts:
        hour = rng.uniform(7, 17)
        for day in np.flatnonzero(rng.random(days) < 0.6):
            for _ in range(rng.poisson(daily)):
                second = float(np.clip(rng.normal(hour, 2.0), 0.0, 23.9) * 3_600)
                rows.append((text, account, int(day), second, bool(rng.random() < refused)))
    return rows
