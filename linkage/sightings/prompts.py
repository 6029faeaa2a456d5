"""Prompts to sightings of templates."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from linkage.identifiers.registry import Kinds
from linkage.templates import fingerprint_templates
from linkage.warehouse import Warehouse


def see_templates(warehouse: Warehouse, kinds: Kinds, key: bytes | None) -> int:
    """Finds the templates behind prompts and adds them to `raw_holding`; the number of templates.

    Only fingerprints, keyed with `key` where there is one, go on from here.
    """
    warehouse.run("sightings/prompt_text")
    warehouse.run("sightings/prompt_span")
    found = 0
    if warehouse.rows("prompt_text"):

        def stream() -> Iterator[pa.RecordBatch]:
            return warehouse.batches("SELECT account, text, n FROM prompt_text ORDER BY account", rows=32_768)

        table = fingerprint_templates(stream, key=key)
        sightings = table.sightings
        warehouse.register(
            "found_template",
            pa.table(
                {
                    "account": sightings["account"],
                    "template": sightings["template"].cast(pa.string()),
                    "n": sightings["n"],
                }
            ),
        )
        number = kinds.number("template")
        warehouse.run("sightings/hold_templates", kind=number)
        warehouse.run("sightings/template_values", kind=number)
        found = table.templates.num_rows
        warehouse.drop("found_template")
    warehouse.drop("prompt_text")
    warehouse.drop("prompt_span")
    return found
