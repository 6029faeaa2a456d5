"""Neo4j Bloom: the perspective that investigators import, and links that open a ring in it."""

from linkage.bloom.links import ring_link, with_links
from linkage.bloom.perspective import perspective, write

__all__ = ["perspective", "ring_link", "with_links", "write"]
