"""What people decided, as a table: which word stands, and what is set aside."""

from datetime import datetime

import pyarrow.parquet as pq


def test_decisions_are_read_as_they_are_meant_and_none_makes_an_account(world, accounts):
    accounts(2)
    world.lenient()
    world.write(
        "dispositions.csv",
        "account_id,decision,decided_at,decided_by,ring_id,sampled,probability\n"
        "a1,Fraud,2026-05-01T02:00:00+02:00,ann,ring_1,True,0.25\n"
        "a1,innocent,1777593600,ben,ring_1,0,\n"
        "a1,fraud,2026-05-02,ben,,yes,1.5\n"
        "a2,guilty,,,,,\n"
        ",fraud,,,,,\n"
        "b,victim,,,,,\n",
    )
    report = world.ingest()
    table = report["dispositions"]
    assert (table.rows, table.kept, table.quarantined, table.superseded) == (6, 3, 2, 1)
    assert table.unreadable == {"sampled": 1, "probability": 1}
    kept = world.rows("clean_dispositions", "account_id", "decision", "decided_at", "sampled", "probability")
    assert sorted(kept, key=str) == [
        ("a1", "fraud", datetime(2026, 5, 2), None, None),
        # Of two words in one moment the last stands.
        ("a1", "innocent", datetime(2026, 5, 1), "0", None),
        ("b", "victim", None, None, None),
    ]
    assert sorted((row["file"], row["line"], row["reason"]) for row in world.bad("dispositions")) == [
        ("dispositions.csv", 2, "a later row decides on this account at the same time"),
        ("dispositions.csv", 5, "decision is none of fraud, innocent, victim"),
        ("dispositions.csv", 6, "account_id is missing"),
    ]
    assert "ann" not in repr(pq.read_table(world.quarantine / "dispositions.parquet").to_pydict())
    assert report.accounts == 2


def test_decisions_of_a_database_have_a_real_truth_value(world, accounts):
    accounts(2)
    rows = [{"account_id": "a1", "decision": "fraud", "sampled": True, "probability": 0.5}]
    world.write(
        "dispositions.parquet", [*rows, {"account_id": "a2", "decision": "innocent", "sampled": None}]
    )
    world.ingest()
    assert world.rows("clean_dispositions", "account_id", "sampled") == [("a1", "true"), ("a2", None)]
