"""The ceilings on worlds in which it is known what is left to see."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from toy_world import write_world

from linkage.evaluate.observe import observed
from linkage.evaluate.oracle import MOST_SHARE, _shares, ceiling
from linkage.evaluate.yardstick import OWNERS_FILE, yardsticks
from linkage.settings import Settings
from linkage.warehouse import Warehouse

PLAIN = [f"p{number:02d}" for number in range(60)]
RING = ["q1", "q2", "q3", "q4", "q5"]
POOL = ["81.2.69.1", "81.2.69.2", "81.2.69.3"]
NAMES = [*RING, "v", "i1", "i2", "i3", *PLAIN]
LABELS = pa.table(
    {
        "account_id": NAMES,
        "ring_id": ["Q"] * 6 + [None] * (len(NAMES) - 6),
        "role": ["member"] * 5 + ["victim"] + ["innocent"] * (len(NAMES) - 6),
    }
)


def sessions() -> list[tuple[str, str | None, str | None]]:
    """q1 to q3 share a device; q1 to q4 a pool of which each exit is an innocent's too; q5 shares nothing."""
    return [
        *((who, ip, "device-q") for who in ("q1", "q2", "q3") for ip in POOL),
        *(("q4", ip, "device-4") for ip in POOL),
        ("q5", "81.2.70.5", "device-5"),
        ("v", "81.2.69.1", "device-v"),
        *((f"i{number + 1}", ip, None) for number, ip in enumerate(POOL)),
        *((f"i{number}", f"81.2.8{number}.{last}", None) for number in (1, 2, 3) for last in range(1, 5)),
        *((name, f"93.184.{number}.7", None) for number, name in enumerate(PLAIN)),
    ]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("toy") / "source", NAMES, sessions=sessions())


def test_own_identifiers_tie_three_and_likelihoods_a_fourth(source: Path) -> None:
    with observed(source, Settings()) as world:
        found = ceiling(world, LABELS)
        place = dict(
            zip(
                world.warehouse.arrow("SELECT account_id FROM account ORDER BY account")[
                    "account_id"
                ].to_pylist(),
                range(len(NAMES)),
                strict=True,
            )
        )
    owned = [int(found.owned[place[name]]) for name in RING]
    oracle = {name: int(found.oracle[place[name]]) for name in NAMES}
    assert owned[0] == owned[1] == owned[2]
    assert len(set(owned)) == 3
    # q4 uses the whole pool and has no other address; each innocent uses one exit of it and four others.
    assert oracle["q1"] == oracle["q2"] == oracle["q3"] == oracle["q4"]
    assert oracle["q5"] != oracle["q1"]
    assert all(oracle[name] != oracle["q1"] for name in ("v", "i1", "i2", "i3", *PLAIN))


def test_both_ceilings_are_scored_beside_the_rules(source: Path) -> None:
    found = {one.name: one.scores for one in yardsticks(source, LABELS, Settings())}
    assert list(found) == ["any_shared", "p2p", "low_degree", "louvain", "synchrony", "owned", "oracle"]
    owned, oracle = found["owned"], found["oracle"]
    assert owned is not None
    assert oracle is not None
    assert (owned.accounts.correct, owned.accounts.predicted, owned.accounts.actual) == (3, 3, 5)
    assert (oracle.accounts.correct, oracle.accounts.predicted) == (4, 4)
    assert found["synchrony"] is None


def test_who_owns_what_may_be_told(tmp_path: Path) -> None:
    source = write_world(tmp_path / "source", NAMES, sessions=sessions())
    # The operator rents the first exit alone, whoever else was seen on it; the device is nobody's own.
    owners = pa.table(
        {
            "kind": ["ip", "device", "no_such_kind"],
            "value": [" 81.2.69.1", "device-q", "x"],
            "owner": ["Q", "", "Q"],
        }
    )
    pq.write_table(owners, source / OWNERS_FILE)
    scores = {one.name: one.scores for one in yardsticks(source, LABELS, Settings())}["owned"]
    assert scores is not None
    assert (scores.accounts.correct, scores.accounts.predicted) == (4, 4)


def test_true_m_is_the_share_of_values_that_are_the_rings_own() -> None:
    ratio = np.array([1e6, 1e6, 0.0, 0.0, 1e6, 1e6])
    shares = _shares(
        pa.table(
            {
                "ring": pa.array([0, 0, 0, 0, 1, 1], pa.int32()),
                "kind": pa.array([3] * 6, pa.uint16()),
                "ratio": ratio,
            }
        )
    ).to_pylist()
    assert [(row["ring"], row["kind"]) for row in shares] == [(0, 3), (1, 3)]
    assert shares[0]["share"] == pytest.approx(0.5, abs=1e-3)
    assert shares[1]["share"] == MOST_SHARE


def test_hours_speak_only_beyond_busy_days_and_usual_hours() -> None:
    with Warehouse.open() as warehouse:
        # The ring: four at 3 o'clock of day 0 and four at 5 o'clock of day 1. Two strangers were there on day 0.
        warehouse.register(
            "moment",
            pa.table(
                {
                    "unit": [100, 100, 8, 9],
                    "ring": pa.array([0, 0, None, None], pa.int32()),
                    "day": [0, 1, 0, 0],
                    "weekend": [False] * 4,
                    "slot": [3, 5, 5, 3],
                    "seen": [4, 4, 1, 1],
                }
            ),
        )
        warehouse.register(
            "contender", pa.table({"unit": [8, 9, 100], "ring": [0, 0, 0], "own": [False, False, True]})
        )
        bits = warehouse.query("evaluate/timing", prior=2.0, most=3.0)["bits"].to_pylist()
    # Two are expected at either place: 0 and 4 are there. Without its own hours the ring has none left.
    assert bits == pytest.approx([np.log2(2 / 4), np.log2(6 / 4), 0.0])
