"""The link of a ring into Neo4j Bloom: there where the run had an address for it, and no measured property."""

from dataclasses import replace

from helpers.served import Api

from linkage.bloom import with_links
from linkage.engine.embedded import EmbeddedEngine
from linkage.settings import BloomSettings

QUERY = "{ rings { nodes { ringId bloomLink metrics { name } } } }"


def test_a_ring_has_the_link_of_its_run(night, tmp_path):
    engine = EmbeddedEngine(tmp_path / "store")
    run = night.as_run("linked")
    engine.begin(replace(run, status="running"))
    engine.load(run, night.graph)
    engine.publish(
        run, with_links(night.judged_as("linked"), BloomSettings(url="https://graph.example.org/bloom/"))
    )
    served = Api(EmbeddedEngine(tmp_path / "store"), tmp_path)
    try:
        (ring,) = served.data(QUERY)["rings"]["nodes"]
    finally:
        served.close()
    asked = f"?perspective=linkage&search=Ring%20{ring['ringId'].replace('/', '%2F')}&run=true"
    assert ring["bloomLink"] == f"https://graph.example.org/bloom/{asked}"
    assert "bloom_link" not in {row["name"] for row in ring["metrics"]}


def test_without_an_address_it_is_null(api):
    (ring,) = api.data(QUERY)["rings"]["nodes"]
    assert ring["bloomLink"] is None
