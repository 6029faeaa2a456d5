"""Deep links: what Bloom is asked, encoded, and only where an address is configured."""

from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
import pytest

from linkage.bloom import ring_link, with_links
from linkage.engine.base import Judged
from linkage.errors import UsageError
from linkage.settings import BloomSettings, load_settings

ADDRESS = "https://graph.example.org/bloom/"


def judged() -> Judged:
    empty = pa.table({})
    return Judged(
        memberships=empty, rings=pa.table({"ring_id": ["ring_1", "ring_2"]}), changes=empty, details=empty
    )


def test_a_link_runs_the_phrase_in_our_perspective():
    link = ring_link(BloomSettings(url=ADDRESS, perspective="Trust & safety"), "ring_a/é")
    assert link is not None
    assert link.startswith(f"{ADDRESS}?")
    assert " " not in link
    assert "+" not in link
    asked = parse_qs(urlsplit(link).query, strict_parsing=True)
    assert asked == {"perspective": ["Trust & safety"], "search": ["Ring ring_a/é"], "run": ["true"]}


def test_an_address_with_a_query_of_its_own_keeps_it():
    link = ring_link(BloomSettings(url="https://host/explore?dbid=7"), "ring_1")
    assert link == "https://host/explore?dbid=7&perspective=linkage&search=Ring%20ring_1&run=true"


def test_without_an_address_there_is_no_link_and_no_column():
    assert ring_link(BloomSettings(), "ring_1") is None
    assert with_links(judged(), BloomSettings()).rings.column_names == ["ring_id"]


def test_each_ring_has_its_link():
    links = with_links(judged(), BloomSettings(url=ADDRESS)).rings["bloom_link"].to_pylist()
    assert [link.split("search=")[1] for link in links] == [
        "Ring%20ring_1&run=true",
        "Ring%20ring_2&run=true",
    ]


@pytest.mark.parametrize(
    "given", ["graph.example.org/bloom", "https://a b/", "https://host/#x", 'https://"/']
)
def test_what_is_no_address_is_refused_in_one_line(given):
    with pytest.raises(UsageError, match=r"bloom\.url.*an address"):
        load_settings(None, {"bloom.url": given})
