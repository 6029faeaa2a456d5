"""The schema as it is committed: no drift, nothing broken, everything described, all exports reachable."""

from pathlib import Path

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
)
from graphql.utilities import BreakingChangeType, find_schema_changes

from api.schema import built, schema_text

COMMITTED = Path(__file__).resolve().parents[2] / "api" / "schema.graphql"
OURS = [
    type_
    for name, type_ in built()._schema.type_map.items()
    if not name.startswith("__") and hasattr(type_, "fields")
]


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == schema_text(), (
        "linkage export schema --out api/schema.graphql"
    )


def test_nothing_that_clients_use_is_broken() -> None:
    """Against the last version that was committed: a field that goes must first be deprecated for a release."""
    changes = find_schema_changes(build_schema(COMMITTED.read_text(encoding="utf-8")), built()._schema)
    assert [change.description for change in changes if isinstance(change.type, BreakingChangeType)] == []


def test_a_breaking_change_would_be_found() -> None:
    before = build_schema(COMMITTED.read_text(encoding="utf-8") + "\nextend type Ring { gone: Int }")
    changes = find_schema_changes(before, built()._schema)
    assert any(change.type is BreakingChangeType.FIELD_REMOVED for change in changes)


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


def test_every_column_of_the_exports_is_reachable() -> None:
    types = {type_.name: set(type_.fields) for type_ in OURS}
    assert types["Account"] >= {"accountId", "ringScore", "verdict", "flagged", "role", "ring"}
    assert types["Ring"] >= {
        "ringId", "size", "score", "verdict", "story", "flagged", "firstSeen", "lastSeen", "topReasons", "parentIds",
        "metrics", "evidenceSubgraph", "timeline",
    }  # fmt: skip
    assert types["Link"] >= {"accountA", "accountB", "bits", "families", "evidence"}
    assert types["Evidence"] >= {"identifier", "bits", "firstSeen", "lastSeen", "count"}
    assert types["Hub"] >= {"kind", "identifier", "accounts", "reason"}
    assert types["Change"] >= {"ringId", "event", "runId", "previousIds", "accountsAdded", "accountsRemoved"}


def test_enums_have_their_members() -> None:
    verdict = built()._schema.type_map["Verdict"]
    assert isinstance(verdict, GraphQLEnumType)
    assert set(verdict.values) == {"FLAGGED", "BENIGN", "UNEXPLAINED"}
