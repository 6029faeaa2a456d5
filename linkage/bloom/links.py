"""Deep links: an address that opens Bloom with a ring drawn."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote, urlsplit

import pyarrow as pa

from linkage.bloom.phrases import RING
from linkage.engine.base import Judged
from linkage.settings.model import BloomSettings

COLUMN = "bloom_link"
"""The column of the export `rings`, and the property of a Ring."""


def ring_link(bloom: BloomSettings, ring_id: str) -> str | None:
    """The link that runs the phrase for one ring in our perspective; None where no address of a Bloom is configured."""
    if bloom.url is None:
        return None
    parameters = {
        "perspective": bloom.perspective,
        "search": RING.text.replace("$ring_id", ring_id),
        "run": "true",
    }
    # Bloom decodes %20 everywhere, a plus sign only in forms.
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    return f"{bloom.url}{'&' if urlsplit(bloom.url).query else '?'}{query}"


def with_links(judged: Judged, bloom: BloomSettings) -> Judged:
    """The rings with a link each; as they are where no address is configured."""
    if bloom.url is None:
        return judged
    links = [ring_link(bloom, ring_id) for ring_id in judged.rings["ring_id"].to_pylist()]
    return replace(judged, rings=judged.rings.append_column(COLUMN, pa.array(links, pa.string())))
