"""The short way of plain fields answers as graphql-core does, errors included."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import pytest
import strawberry
from graphql import execute, parse

from api.plain import PlainExecutor


@strawberry.enum
class Colour(Enum):
    RED = "red"


@dataclass
class Row:
    name: object = "row"
    size: object = 3
    at: object = datetime(2026, 3, 1)
    colour: object = Colour.RED
    maybe: object = None
    tags: object = ()


@strawberry.type
class Thing:
    name: str
    size: int
    at: datetime
    colour: Colour
    maybe: str | None
    tags: list[str]

    @strawberry.field
    def twice(root: strawberry.Parent[Row], times: int = 2) -> int:
        return root.size * times  # type: ignore[operator]

    @strawberry.field
    async def later(root: strawberry.Parent[Row]) -> str:
        return f"later {root.name}"


ROWS: list[object] = []


@strawberry.type
class Query:
    @strawberry.field
    def things(self) -> list[Thing | None]:
        return ROWS  # type: ignore[return-value]


SCHEMA = strawberry.Schema(Query)._schema
ALL = "{ things { twice(times: 4) name size a: size at later colour maybe __typename tags } }"
SIMPLE = "query($no: Boolean = false) { things { name size maybe colour at twice @include(if: $no) } }"


async def both(text: str):
    """The answers of both executors, as they are written."""
    found = []
    for executor in (None, PlainExecutor):
        result = execute(SCHEMA, parse(text), Query(), executor_class=executor)
        if not hasattr(result, "data"):
            result = await result
        found.append(repr((result.data, [error.formatted for error in result.errors or ()])))
    return found


@pytest.mark.parametrize("text", [ALL, SIMPLE, "{ things { name name size } }", "{ things { __typename } }"])
@pytest.mark.parametrize(
    "rows",
    [
        [Row(), Row(name="other", maybe="there", tags=("a", "b"))],
        # Not what the schema says: null, another type, an error, no such attribute.
        [Row(), Row(name=None)],
        [Row(size="many"), Row(size=2**40), Row(size=2.5)],
        [Row(name=ValueError("broken"))],
        [Row(colour="green"), Row(at="yesterday"), Row(maybe=["x"])],
        [object(), None, Row()],
        [],
    ],
)
def test_it_answers_as_graphql_core_does(rows, text):
    import asyncio

    ROWS[:] = rows
    usual, short = asyncio.run(both(text))
    assert short == usual


def test_plain_fields_take_the_short_way(monkeypatch):
    def none(*_arguments):
        raise AssertionError("a plain field was executed the long way")

    ROWS[:] = [Row(), Row()]
    monkeypatch.setattr(
        PlainExecutor,
        "execute_field",
        lambda self, parent, *rest, usual=PlainExecutor.execute_field: (
            none() if parent.name == "Thing" else usual(self, parent, *rest)
        ),
    )
    result = execute(
        SCHEMA, parse("{ things { name size at maybe } }"), Query(), executor_class=PlainExecutor
    )
    assert result.errors is None
    assert [row["name"] for row in result.data["things"]] == ["row", "row"]
