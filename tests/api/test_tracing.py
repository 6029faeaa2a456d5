"""Spans: one an operation, one a verb below it, in the caller's trace, and nothing of what was read in any of them."""

import pytest
from helpers.source import INNOCENT, RING
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from linkage.engine.embedded_reader import EmbeddedReader
from linkage.engine.readable import IdentifierFilter, PageRequest

QUERY = """query Case($a: String!, $values: [String!]!) {
  account(accountId: $a) { orgId ring { ringId members { nodes { accountId } } }
    sightings { nodes { identifier { key caption } } } }
  lookup(values: $values) { value matches { identifier { key } } }
  search(text: "fp_ring") { identifiers { key } }
  explain(a: "ring0", b: "ring1") { reason lines { key } } }"""


@pytest.fixture
def spans(monkeypatch):
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr("api.tracing._tracer", lambda: provider.get_tracer("test"))
    yield exporter
    provider.shutdown()


def test_an_operation_and_its_verbs(api, spans):
    caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = api.post(QUERY, {"a": RING[0], "values": ["fp_ring"]}, traceparent=caller)
    assert "errors" not in answer.json()
    found = spans.get_finished_spans()
    (whole,) = [span for span in found if span.kind is trace.SpanKind.SERVER]
    verbs = [span for span in found if span is not whole]
    assert whole.name == "query"
    assert whole.attributes["graphql.operation.name"] == "Case"
    assert whole.attributes["linkage.outcome"] == "OK"
    assert whole.attributes["linkage.request.id"] == answer.headers["x-request-id"]
    assert whole.attributes["linkage.cost"] == answer.json()["extensions"]["cost"]
    assert len(verbs) == whole.attributes["linkage.statements"] == answer.json()["extensions"]["statements"]
    assert f"{whole.context.trace_id:032x}" == caller.split("-")[1]
    assert f"{whole.parent.span_id:016x}" == caller.split("-")[2]
    assert {span.parent.span_id for span in verbs} == {whole.context.span_id}
    assert {span.name for span in verbs} >= {
        "reader.accounts", "reader.rings", "reader.members", "reader.holdings", "reader.lookup", "reader.search",
        "reader.explain",
    }  # fmt: skip
    members = next(span for span in verbs if span.name == "reader.members")
    assert members.attributes == {"db.operation.name": "members", "db.response.returned_rows": 1}
    assert all(span.start_time >= whole.start_time and span.end_time <= whole.end_time for span in verbs)


def everything(exporter) -> str:
    return "\n".join(span.to_json() for span in exporter.get_finished_spans())


def test_nothing_of_what_is_read_is_told(api, spans, store):
    reader = store.engine().reader()
    rows = reader.identifier_page(IdentifierFilter(), PageRequest(1000, "accounts")).rows
    reader.close()
    values = {text for row in rows for text in (row.key, row.caption) if len(text) > 5}
    for value in sorted(values):
        api.post(QUERY, {"a": RING[0], "values": [value]}, x_linkage_reason=f"the case of {value!a}")
    told = everything(spans)
    assert "reader.lookup" in told
    assert not [value for value in (*values, *RING, *INNOCENT) if f'"{value}' in told or f" {value}" in told]
    assert QUERY[:20] not in told


def test_errors_are_told_by_their_types_alone(api, spans, monkeypatch):
    def broken(*_args, **_options):
        raise RuntimeError("secret-value at 10.0.0.1")

    monkeypatch.setattr(EmbeddedReader, "ring_page", broken)
    api.post("{ rings { totalCount } }")
    verb, whole = spans.get_finished_spans()
    assert verb.attributes["error.type"] == "RuntimeError"
    assert verb.status.status_code is whole.status.status_code is trace.StatusCode.ERROR
    assert whole.attributes["linkage.outcome"] == "INTERNAL"
    assert verb.events == whole.events == ()
    assert "secret-value" not in everything(spans)


@pytest.mark.parametrize(
    ("query", "outcome"),
    [("{ nothing }", "INVALID_DOCUMENT"), ("{ rings(first: 0) { totalCount } }", "BAD_INPUT")],
)
def test_what_is_refused_is_no_failure_of_ours(api, spans, query, outcome):
    api.post(query)
    (whole,) = spans.get_finished_spans()
    assert whole.attributes["linkage.outcome"] == outcome
    assert whole.status.status_code is trace.StatusCode.UNSET


def test_without_a_tracer_the_reader_is_left_alone(api, monkeypatch):
    seen = []
    accounts = EmbeddedReader.accounts
    monkeypatch.setattr(
        EmbeddedReader, "accounts", lambda self, ids: seen.append(type(self)) or accounts(self, ids)
    )
    api.data("query($a: String!) { account(accountId: $a) { accountId } }", {"a": RING[0]})
    assert seen == [EmbeddedReader]
