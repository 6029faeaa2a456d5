"""The schema as it is committed: no drift, nothing broken, everything described, all exports reachable."""

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
)
from graphql.utilities import BreakingChangeType, find_schema_changes

from api.schema import built, schema_text

API = Path(__file__).resolve().parents[2] / "api"
COMMITTED = API / "schema.graphql"
RELEASED = API / "schema.released.graphql"
"""The schema of the last release: moved when one is made, see CONTRIBUTING.md, and by nothing else."""
OURS = [
    type_
    for name, type_ in built()._schema.type_map.items()
    if not name.startswith("__") and hasattr(type_, "fields")
]


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == schema_text(), (
        "linkage export schema --out api/schema.graphql"
    )


def broken(released: str) -> list[str]:
    changes = find_schema_changes(build_schema(released), built()._schema)
    return [change.description for change in changes if isinstance(change.type, BreakingChangeType)]


def test_nothing_that_clients_use_is_broken() -> None:
    """Against the last release: a field that goes must first be deprecated for one."""
    assert broken(RELEASED.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("now", "once"),
    [
        ("type Ring implements Node {", "type Ring implements Node {\n  gone: Int"),
        ("type Me {", "enum Gone { A }\n\ntype Me {"),
        ("  size: Int!", "  size: String!"),
        ("limit: Int! = 100", "limit: Int! = 100, gone: Int"),
        ("enum RingOrder {", "enum RingOrder {\n  GONE"),
    ],
)
def test_a_breaking_change_would_be_found(now: str, once: str) -> None:
    released = RELEASED.read_text(encoding="utf-8")
    assert now in released
    assert len(broken(released.replace(now, once))) >= 1


def test_every_type_field_and_argument_is_described() -> None:
    silent = []
    for type_ in OURS:
        assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType)
        if not type_.description:
            silent.append(type_.name)
        for name, field in type_.fields.items():
            if not (field.description or "").endswith((".", "…")):
                silent.append(f"{type_.name}.{name}")
            for argument, spec in getattr(field, "args", {}).items():
                plain = argument in ("where", "orderBy", "descending", "id", "ids", "a", "b")
                if not spec.description and not plain:
                    silent.append(f"{type_.name}.{name}({argument}:)")
    assert silent == []


def test_enums_have_their_members() -> None:
    verdict = built()._schema.type_map["Verdict"]
    assert isinstance(verdict, GraphQLEnumType)
    assert set(verdict.values) == {"FLAGGED", "BENIGN", "UNEXPLAINED"}
