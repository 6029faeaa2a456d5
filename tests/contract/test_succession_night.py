"""Who goes on where another was stopped: the same lines on every engine, and the pipeline's bits in an explanation."""

import pytest
from helpers.night import options
from helpers.succession import CARD, SPARE, SWAP, write_succession

from linkage.identifiers.registry import KINDS
from linkage.nightly import run_nightly
from linkage.progress import Silent


def test_hand_offs_and_swaps_are_evidence_that_can_be_read(connect, tmp_path):
    run_nightly(connect(), options(write_succession(tmp_path / "source"), "night"), Silent())
    view = connect().view()
    told = view.explain(*SPARE)
    lines = {line.kind: line for line in told.lines}
    assert set(lines) == {"template", "hand_off", "spare_account"}
    spare = lines["spare_account"]
    assert spare.caption == "user001 refused, user010 sends it within 5 s"
    assert (spare.family, spare.bits, spare.accounts, spare.count) == ("timing", 12.0, 2, 4)
    assert (str(spare.first_seen.date()), str(spare.last_seen.date())) == ("2026-02-04", "2026-02-21")
    assert lines["hand_off"].bits == KINDS["hand_off"].cap
    # The best of a family counts in full, the other at three tenths.
    assert told.bits == pytest.approx(lines["template"].bits + 12.0 + 0.3 * 6.0)
    assert told.linked
    links = {(row["account_a"], row["account_b"]): row["bits"] for row in view.links().to_pylist()}
    assert links[SPARE] == pytest.approx(told.bits)

    heir = {line.kind: line for line in view.explain(*SWAP).lines}
    assert set(heir) == {"template", "card", "pool_swap"}
    assert heir["card"].key == CARD
    assert heir["pool_swap"].caption == "user003 barred, zz_heir begins within 1 h"
    swap = heir["pool_swap"]
    assert (swap.family, swap.bits, swap.count, str(swap.last_seen.date())) == (
        "lineage",
        5.0,
        2,
        "2026-02-19",
    )
