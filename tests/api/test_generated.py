"""Documents that schemathesis makes of the schema: whatever is asked, nothing breaks and a viewer learns no value."""

import json

import hypothesis.strategies as st
import pytest
import schemathesis
from graphql import StringValueNode
from helpers.served import Api
from hypothesis import HealthCheck, Phase, given, settings

from api.schema import schema_text
from api.settings import ApiSettings, Bounds
from linkage.engine.readable import IdentifierFilter, PageRequest

schemathesis.graphql.scalar(
    "DateTime", st.datetimes().map(lambda time: StringValueNode(value=time.isoformat() + "Z"))
)
DOCUMENTS = schemathesis.graphql.from_file(schema_text()).as_strategy()
#: What a request that is run or refused may be answered with.
STATUSES = {200, 400, 404, 413, 429}


@pytest.fixture(scope="module")
def open_api(store, tmp_path_factory):
    """The usual bounds, but that nobody is kept waiting for the next minute."""
    bounds = Bounds(cost_a_minute=10**12)
    opened = Api(store.engine(), tmp_path_factory.mktemp("generated"), ApiSettings(bounds=bounds))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def values(store) -> list[str]:
    reader = store.engine().reader()
    rows = reader.identifier_page(IdentifierFilter(), PageRequest(1000, "accounts")).rows
    reader.close()
    return [json.dumps(text)[1:-1] for row in rows for text in (row.key, row.caption) if len(text) > 3]


def ask(api: Api, values: list[str], document: str) -> None:
    answer = api.post(document, role="viewer")
    assert answer.status_code in STATUSES, answer.text
    errors = answer.json().get("errors", [])
    assert all(error["extensions"]["code"] != "INTERNAL" for error in errors), (document, answer.text)
    if not any(value in document for value in values):
        assert not any(value in answer.text for value in values), document


def looked_into(examples: int):
    return settings(
        max_examples=examples,
        deadline=None,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


def test_a_thousand_documents(open_api, values):
    @looked_into(1_000)
    @given(DOCUMENTS)
    def each(case):
        ask(open_api, values, case.body)

    each()


@pytest.mark.full
def test_ten_thousand_documents(open_api, values):
    @looked_into(10_000)
    @given(DOCUMENTS)
    def each(case):
        ask(open_api, values, case.body)

    each()
