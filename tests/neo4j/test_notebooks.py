"""py2neo over the real server: the module, and the example notebook from its first cell to its last."""

import json
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from helpers.source import RING
from nbclient import NotebookClient

from linkage import notebooks
from linkage.errors import ServerError, UsageError
from linkage.statements import folder

EXAMPLE = Path(__file__).parents[2] / "examples" / "notebooks" / "ring.ipynb"


@pytest.fixture
def graph(login, connect, night):
    """The night's run, published, through py2neo."""
    night.give(connect(), "one")
    with (
        pytest.warns(DeprecationWarning, match="py2neo has reached its end of life"),
        notebooks.connect(login.uri, user=login.user, password=login.password) as found,
    ):
        yield found


def test_a_ring_as_data_frames(graph):
    rings = graph.rings()
    (ring,) = rings[rings["size"] == len(RING)].ring_id
    assert rings.score.is_monotonic_decreasing
    assert len(graph.rings(least_score=1.1)) == 0
    accounts = graph.accounts(ring)
    assert accounts.account_id.tolist() == sorted(RING)
    assert set(accounts.links) == {len(RING) - 1}
    assert isinstance(accounts.created_at[0], pd.Timestamp)
    links = graph.links(ring)
    assert len(links) == len(RING) * (len(RING) - 1) // 2
    assert links.bits.is_monotonic_decreasing
    shared = graph.shared(ring)
    assert shared.members[0] == len(RING)
    assert "fp_ring" not in shared.caption.tolist()
    assert {"card", "template", "device"} <= set(shared.kind)


def test_any_statement_by_its_name_and_nodes_as_py2neo_has_them(graph):
    found = graph.run("bloom/between", account_a=RING[0], account_b=RING[1])
    assert {node["kind"] for node in found.identifier} >= {"card", "template"}
    with pytest.raises(UsageError, match="no statement is called bloom/nothing"):
        graph.run("bloom/nothing")
    assert graph.graph.evaluate("MATCH (r:Run) RETURN r.run_id") == "one"
    used = {path.stem for path in (folder() / "notebook").glob("*.cypher")}
    assert used == {"rings", "accounts", "links", "shared"}


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_fails_is_one_line(login, monkeypatch):
    monkeypatch.delenv("LINKAGE_NEO4J_URI", raising=False)
    with pytest.warns(DeprecationWarning), pytest.raises(UsageError, match="where is the graph"):
        notebooks.connect()
    with pytest.warns(DeprecationWarning), pytest.raises(ServerError, match="cannot be used as neo4j"):
        notebooks.connect(login.uri, user="neo4j", password="not the password")
    with pytest.warns(DeprecationWarning), pytest.raises(ServerError, match="cannot be used"):
        # py2neo leaves a socket open that could not be connected: nobody will mend that.
        notebooks.connect("bolt://127.0.0.1:1", password="x")


def test_the_example_notebook_runs(login, connect, night, monkeypatch):
    night.give(connect(), "one")
    monkeypatch.setenv("LINKAGE_NEO4J_URI", login.uri)
    monkeypatch.setenv("LINKAGE_NEO4J_USER", login.user)
    monkeypatch.setenv("LINKAGE_NEO4J_PASSWORD", login.password)
    book = nbformat.read(EXAMPLE, as_version=4)
    assert all(
        not cell.outputs and cell.execution_count is None for cell in book.cells if cell.cell_type == "code"
    )
    NotebookClient(book, timeout=120, kernel_name="python3").execute()
    told = {cell.id: json.dumps(cell.outputs) for cell in book.cells if cell.cell_type == "code"}
    assert "py2neo has reached its end of life" in told["connect"]
    assert all(account in told["accounts"] for account in RING)
    assert "28.0" in told["links"]
    assert "card" in told["between"]
    assert "bits" in told["maintained"]
