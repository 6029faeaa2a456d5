"""The checks of graphql-cop, each by its name there: none may find anything."""

import json

import pytest

OK = "{ me { role } }"


def test_alias_overloading(api):
    query = "{ " + " ".join(f"a{n}: me {{ role }}" for n in range(101)) + " }"
    assert api.code(query) == (400, "TOO_LARGE")


def test_array_based_query_batching(api):
    assert api.raw(json=[{"query": OK}] * 10).status_code == 400


def test_directive_overloading(api):
    assert api.code("{ me { role " + "@include(if: true)" * 50 + " } }") == (400, "TOO_LARGE")
    assert api.code("{ me { role @aa @aa } }")[0] == 400


def test_circular_query_by_introspection(api):
    query = "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }"
    assert api.code(query) == (400, "INTROSPECTION_OFF")


def test_field_duplication(api):
    assert api.code("{ me { " + "role " * 500 + "} }") == (400, "TOO_LARGE")


def test_introspection(api):
    for query in (
        "{ __schema { queryType { name } } }",
        '{ __type(name: "Ring") { name } }',
        "query { a: __schema { types { name } } }",
    ):
        assert api.code(query) == (400, "INTROSPECTION_OFF")
    # The name of an object's own type is no secret.
    assert api.data("{ __typename }") == {"__typename": "Query"}


def test_field_suggestions(api):
    for query in (
        "{ rng { id } }",
        "{ rings(frst: 1) { totalCount } }",
        "{ rings(orderBy: SCOR) { totalCount } }",
        "{ rings { nodes { ... on Rin { id } } } }",
    ):
        answer = api.post(query)
        assert answer.status_code == 400
        assert "Did you mean" not in answer.text
    answer = api.post("query($o: RingOrder) { rings(orderBy: $o) { totalCount } }", {"o": "SCOR"})
    assert "Did you mean" not in answer.text
    assert "SCORE" not in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/graphiql", "/playground", "/console", "/graphql", "/docs", "/openapi.json"]
)
def test_graphiql_and_playgrounds(api, path):
    answer = api.raw("GET", path, headers={"accept": "text/html"})
    assert answer.status_code in (404, 405)


def test_queries_by_get(api):
    answer = api.raw("GET", params={"query": OK})
    assert answer.status_code == 405
    assert answer.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"
    assert answer.headers["allow"] == "POST"


def test_mutations_by_get(api):
    assert api.raw("GET", params={"query": "mutation { a }"}).status_code == 405


def test_queries_by_a_form(api):
    assert api.raw(data={"query": OK}).status_code == 415
    assert (
        api.raw(content=json.dumps({"query": OK}), headers={"content-type": "text/plain"}).status_code == 415
    )
    assert api.raw(files={"query": ("a", b"b")}).status_code == 415


def test_tracing_and_debugging(api):
    answer = api.post(OK)
    assert set(answer.json()["extensions"]) == {"run", "statements", "cost", "requestId"}
    for header in ("apollo-tracing", "x-apollo-tracing", "x-debug", "x-graphql-debug"):
        answer = api.post(OK, **{header.replace("-", "_"): "1"})
        assert set(answer.json()["extensions"]) == {"run", "statements", "cost", "requestId"}


def test_unhandled_errors(api):
    for body in (
        {"query": "query {"},
        {"query": "{ me { role } } }"},
        {"query": "\x00"},
        {"query": None},
        {},
        {"query": 7},
        {"query": OK, "variables": [1]},
        {"query": OK, "operationName": 4},
        {"query": OK, "stack": 1},
    ):
        answer = api.raw(json=body)
        assert answer.status_code == 400
        assert set(answer.json()["errors"][0]["extensions"]) == {"code", "requestId"}
        assert "Traceback" not in answer.text
        assert ".py" not in answer.text
