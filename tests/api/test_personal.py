"""Personal data: every field with every role, every way round, and the log of who read it."""

import itertools
import json
import re
import sqlite3

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
)
from helpers.source import RING

from api.schema import built
from api.settings import ApiSettings, Bounds
from linkage.access import AccessStore
from linkage.engine.readable import IdentifierFilter, PageRequest
from linkage.errors import StoreError

SCHEMA = built()._schema
ROLES = ("viewer", "investigator", "enforcer", "admin")
ARGUMENTS = {
    "Query.ring": "ringId: $ring", "Query.account": "accountId: $a", "Query.node": "id: $id",
    "Query.nodes": "ids: [$id]",
    "Query.search": 'text: "ring"', "Query.lookup": "values: [$a]", "Query.explain": "a: $a, b: $b",
    "Query.path": "a: $a, b: $b", "Query.neighbourhood": "account: $a, limit: 2",
    "Query.campaigns": "first: 2, minRings: 1", "Query.campaign": "campaignId: $campaign",
}  # fmt: skip
DEPTH = 3


@pytest.fixture(scope="module")
def secrets(store) -> list[str]:
    """All keys and captions of the run that are personal data and that are found in no other field."""
    reader = store.engine().reader()
    rows = reader.identifier_page(IdentifierFilter(), PageRequest(1000, "accounts")).rows
    reader.close()
    assert len(rows) > 10
    return sorted({text for row in rows for text in (row.key, row.caption) if len(text) > 3})


@pytest.fixture(scope="module")
def roomy(store, tmp_path_factory):
    """Bounds that let a document with every field pass."""
    from helpers.served import Api

    bounds = Bounds(depth=40, cost=10**12, fields=10**6, aliases=10**6, tokens=10**6, characters=10**7,
                    cost_a_minute=10**13, request_bytes=10**7, seconds=60)  # fmt: skip
    opened = Api(store.engine(), tmp_path_factory.mktemp("roomy"), ApiSettings(bounds=bounds))
    yield opened
    opened.close()


def walk(type_, depth: int, passed: tuple[str, ...] = ()) -> str:
    """A selection of every field of a type, and of all below it that does not come round to it again."""
    lines = ["__typename"]
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        told = ARGUMENTS.get(f"{type_.name}.{name}") or ("first: 2" if "first" in field.args else "")
        call = f"{name}({told})" if told else name
        if is_leaf_type(inner):
            lines.append(call)
        elif depth > 0 and passed.count(inner.name) < 1:
            lines.append(f"{call} {{ {walk(inner, depth - 1, (*passed, inner.name))} }}")
    return " ".join(lines)


def roots() -> list[str]:
    return list(SCHEMA.query_type.fields)


def variables(api) -> dict[str, str]:
    ring = api.data("{ rings { nodes { ringId } } }")["rings"]["nodes"][0]["ringId"]
    card = api.data('{ identifiers(where: {kinds: ["card"]}) { nodes { id } } }')["identifiers"]["nodes"][0][
        "id"
    ]
    campaign = api.data("{ campaigns(minRings: 1) { nodes { campaignId } } }")["campaigns"]["nodes"][0]
    return {"a": RING[0], "b": RING[1], "ring": ring, "id": card, "campaign": campaign["campaignId"]}


def every_field(root: str) -> str:
    field = SCHEMA.query_type.fields[root]
    inner = get_named_type(field.type)
    told = ARGUMENTS.get(f"Query.{root}") or ("first: 2" if "first" in field.args else "")
    call = f"{root}({told})" if told else root
    body = f"{call} {{ {walk(inner, DEPTH, (inner.name,))} }}"
    used = {name: kind for name, kind in (("a", "String!"), ("b", "String!"), ("ring", "String!"), ("id", "ID!"),
                                   ("campaign", "String!"))
            if f"${name}" in body}  # fmt: skip
    head = ", ".join(f"${name}: {kind}" for name, kind in used.items())
    return f"query Walk({head}) {{ {body} }}" if used else f"query Walk {{ {body} }}"


def test_every_field_of_every_type_is_walked() -> None:
    document = " ".join(every_field(root) for root in roots())
    for name, type_ in SCHEMA.type_map.items():
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__"):
            of_interface = (
                isinstance(type_, GraphQLObjectType) and type_.interfaces and name.endswith("Identifier")
            )
            for field in type_.fields:
                assert of_interface or field in document, f"{name}.{field}"


@pytest.mark.parametrize("role", ROLES)
def test_every_field_with_every_role(roomy, secrets, role):
    given = variables(roomy)
    texts = []
    for root in roots():
        document = every_field(root)
        used = {name: value for name, value in given.items() if f"${name}:" in document}
        answer = roomy.post(document, used, role=role)
        assert answer.status_code == 200, answer.text[:500]
        assert "errors" not in answer.json(), answer.text[:800]
        texts.append(answer.text)
    seen = [
        secret
        for secret in secrets
        if any(json.dumps(secret, ensure_ascii=False)[1:-1] in text for text in texts)
    ]
    if role == "viewer":
        assert seen == []
        withheld = {
            line["field"] for text in texts for line in json.loads(text)["extensions"].get("withheld", [])
        }
        assert withheld >= {
            "Identifier.key", "Identifier.caption", "Account.orgId", "ExplanationLine.key", "ExplanationLine.caption",
            "SearchResult.identifiers", "LookupMatch.identifier",
        }  # fmt: skip
    else:
        assert len(seen) > 5
        assert all("withheld" not in json.loads(text)["extensions"] for text in texts)


def test_every_personal_field_is_marked_in_the_schema() -> None:
    from api.schema import schema_text

    marked = [line.strip().split(":")[0] for line in schema_text().splitlines() if line.endswith("@personal")]
    assert set(marked) == {"key", "caption", "orgId"}
    # Nothing else is named like a value.
    for name, type_ in SCHEMA.type_map.items():
        if isinstance(type_, GraphQLObjectType) and not name.startswith("__"):
            for field in type_.fields:
                assert field not in ("email", "ip", "card", "phone", "address"), f"{name}.{field}"


def test_a_viewer_learns_no_value_by_any_question(api, secrets):
    """Answers about a value that is there and about one that is not are the same, but for the value itself."""

    def stripped(text: str, value: str) -> str:
        body = json.dumps(re.sub(r'"requestId": ?"[0-9a-f]+"', "", text))
        return body.replace(json.dumps(value)[1:-1], "?")

    questions = (
        "query($v: String!) { lookup(values: [$v]) { value matches { account { accountId } identifier { kind } } } }",
        "query($v: String!) { search(text: $v) { accounts { accountId } rings { ringId } identifiers { id kind } } }",
        "query($v: String!) { search(text: $v, limit: 50) { identifiers { accounts } } }",
        "query($v: ID!) { node(id: $v) { id __typename } }",
        "query($v: String!) { rings(where: {kind: $v}) { totalCount } }",
        "query($v: String!) { rings(where: {country: $v, story: $v}) { totalCount nodes { ringId } } }",
        "query($v: String!) { accounts(where: {plans: [$v], countries: [$v], statuses: [$v]}) { totalCount } }",
        "query($v: String!) { identifiers(where: {kinds: [$v], families: [$v]}) { totalCount } }",
        "query($v: String!) { hubs(kinds: [$v]) { totalCount } }",
        "query($v: String!) { changes(events: [$v]) { nodes { event } } }",
        "query($v: String!) { account(accountId: $v) { accountId } ring(ringId: $v) { ringId } }",
        'query($v: String!) { explain(a: $v, b: "ring0") { linked } path(a: $v, b: "ring0") { links { bits } } }',
        "query($v: String!) { neighbourhood(account: $v) { links { bits } } }",
        "query($v: String!) { rings(after: $v) { nodes { ringId } } }",
    )
    for question, secret in itertools.product(questions, secrets):
        made_up = "\u00e9" + secret[::-1] + "x"
        there, absent = (
            stripped(api.post(question, {"v": value}, role="viewer").text, value)
            for value in (secret, made_up)
        )
        assert there == absent, (question, secret)


def test_a_viewer_cannot_walk_prefixes(api, secrets):
    for secret in secrets:
        query = "query($t: String!) { search(text: $t) { identifiers { id } } }"
        found = api.data(query, {"t": secret[:3].ljust(3, "?")}, role="viewer")
        assert found["search"]["identifiers"] == []


def test_ids_and_cursors_tell_no_value(api, secrets):
    import base64

    page = api.data(
        "{ identifiers(first: 50) { edges { cursor node { id } } pageInfo { endCursor } } }", role="viewer"
    )
    sealed = [edge["cursor"] for edge in page["identifiers"]["edges"]]
    sealed += [edge["node"]["id"].partition(":")[2] for edge in page["identifiers"]["edges"]]
    for text in sealed:
        raw = base64.urlsafe_b64decode(text + "==")
        assert not any(secret.encode() in raw for secret in secrets)


def entries(api):
    return api.access.audit()


def test_reading_personal_data_is_logged_and_nothing_else_is(serve, secrets):
    api = serve()
    query = "query Keys { identifiers(first: 3) { nodes { id key caption } } }"
    api.data("{ identifiers(first: 3) { nodes { kind accounts } } }")
    api.data(query, role="viewer")
    assert entries(api) == []
    found = api.data(query, x_linkage_reason="case 4711")["identifiers"]["nodes"]
    (entry,) = entries(api)
    assert entry.principal.startswith("key:")
    assert (entry.role, entry.operation, entry.reason, entry.run_id) == (
        "investigator",
        "Keys",
        "case 4711",
        "two",
    )
    assert set(entry.objects) == {node["id"] for node in found}
    assert entry.total == 3
    assert len(entry.document) == 64
    api.data('{ search(text: "fp_") { identifiers { kind } } lookup(values: ["none"]) { value } }')
    assert not any(secret in repr(entries(api)) for secret in secrets)


def test_the_log_can_only_grow(serve):
    api = serve()
    api.data("{ identifiers(first: 1) { nodes { key } } }")
    database = sqlite3.connect(api.access._path)
    for statement in ("DELETE FROM audit", "UPDATE audit SET principal = 'me'"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            database.execute(statement)
    database.close()


def test_what_cannot_be_logged_is_not_read(serve, monkeypatch):
    api = serve()

    def full(*_):
        raise StoreError("disk full")

    monkeypatch.setattr(AccessStore, "record", full)
    query = "{ identifiers(first: 1) { nodes { key } } }"
    assert api.code(query) == (503, "UNAVAILABLE")
    assert api.post(query, role="viewer").status_code == 200


def test_a_reason_can_be_required(serve):
    api = serve(ApiSettings(require_reason=True))
    query = "{ identifiers(first: 1) { nodes { key } } }"
    assert api.code(query) == (403, "REASON_NEEDED")
    assert api.data(query, x_linkage_reason="case 1")
    assert api.data("{ rings { totalCount } }")
