"""The parts of a night between its stages: the rule, the secret, the checkpoint."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linkage.errors import StoreError, UsageError
from linkage.identifiers.keys import Keyring, Unkeyed
from linkage.identifiers.registry import FAMILY_NUMBER, KINDS, Kinds
from linkage.run import checkpoint
from linkage.run.context import Night, link_rule, sealer_of
from linkage.settings import Settings, load_settings
from linkage.warehouse import Warehouse

HOUR = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp() // 3600)


def settings(tmp_path: Path, toml: str) -> Settings:
    path = tmp_path / "linkage.toml"
    path.write_text(toml)
    return load_settings(path)


# ── the rule ──


def test_the_rule_follows_from_the_number_of_accounts():
    rule = link_rule(Settings(), 1_025)
    assert rule.prior == pytest.approx(-10.0)
    assert rule.posterior == pytest.approx(0.95)
    assert rule.threshold == pytest.approx(10.0 + np.log2(19))
    assert rule.min_families == 2
    assert link_rule(Settings(), 2_049).threshold == pytest.approx(rule.threshold + 1.0)


def test_a_configured_rule_stands(tmp_path):
    toml = "[link]\nthreshold = 33\nprior = -12\nmin_families = 1\ndiscount = 0.5\n[families.content]\ndiscount = 0.1\n"
    rule = link_rule(settings(tmp_path, toml), 10)
    assert (rule.threshold, rule.prior, rule.min_families) == (33.0, -12.0, 1)
    for family, number in FAMILY_NUMBER.items():
        assert rule.discount[number] == (0.1 if str(family) == "content" else 0.5)


@pytest.mark.parametrize("accounts", [0, 1, 2])
def test_a_rule_for_hardly_any_accounts_is_finite(accounts):
    assert np.isfinite(link_rule(Settings(), accounts).threshold)


# ── the secret ──


def test_without_a_key_nothing_is_keyed():
    sealer, secret = sealer_of(Settings())
    assert isinstance(sealer, Unkeyed)
    assert secret is None


def test_the_key_comes_from_the_environment(tmp_path, monkeypatch):
    chosen = settings(tmp_path, '[privacy]\nkey_env = "LINKAGE_TEST_KEY"\n')
    monkeypatch.setenv("LINKAGE_TEST_KEY", "0123456789abcdef")
    sealer, secret = sealer_of(chosen)
    assert isinstance(sealer, Keyring)
    assert secret == b"0123456789abcdef"
    for value in ("", None):
        monkeypatch.delenv("LINKAGE_TEST_KEY", raising=False)
        if value is not None:
            monkeypatch.setenv("LINKAGE_TEST_KEY", value)
        with pytest.raises(UsageError, match="LINKAGE_TEST_KEY"):
            sealer_of(chosen)


def test_a_secret_that_can_be_tried_is_refused_and_never_named(tmp_path, monkeypatch):
    monkeypatch.setenv("LINKAGE_TEST_KEY", "hunter2")
    with pytest.raises(UsageError) as caught:
        sealer_of(settings(tmp_path, '[privacy]\nkey_env = "LINKAGE_TEST_KEY"\n'))
    assert "hunter2" not in str(caught.value)


# ── the checkpoint ──


@pytest.fixture
def warehouse():
    with Warehouse.open(None, threads=1) as opened:
        yield opened


def night(kinds: Kinds) -> Night:
    return Night(kinds=kinds, accounts=3, as_of=HOUR, counts={"rows": 1})


def test_the_mark_changes_with_whatever_the_checkpoint_depends_on(tmp_path):
    source = tmp_path / "source"
    (source / "sessions").mkdir(parents=True)
    (source / "accounts.csv").write_text("account_id\na\n")
    mark = checkpoint.mark_of(source, Settings(), None)
    assert checkpoint.mark_of(source, Settings(), None) == mark
    others = {
        checkpoint.mark_of(source, Settings(), datetime(2026, 1, 1, tzinfo=UTC)),
        checkpoint.mark_of(source, replace(Settings(), link=replace(Settings().link, discount=0.9)), None),
    }
    (source / "sessions" / "one.csv").write_text("account_id,ts\n")
    others.add(checkpoint.mark_of(source, Settings(), None))
    (source / "accounts.csv").write_text("account_id\nb\n")
    others.add(checkpoint.mark_of(source, Settings(), None))
    (source / "accounts.csv").write_text("account_id\nbb\n")
    others.add(checkpoint.mark_of(source, Settings(), None))
    assert len(others | {mark}) == 6


def observed(warehouse: Warehouse, kinds: Kinds) -> None:
    """Tables such as a night leaves, as far as `save` asks for them by name."""
    names = pa.table(
        {"kind": pa.array(range(len(kinds)), pa.uint16()), "name": [kind.name for kind in kinds]}
    )
    warehouse.register("kind_number", names)
    for name in checkpoint._TABLES:
        if not warehouse.exists(name):
            warehouse.register(name, pa.table({"account": pa.array([0, 1, 2], pa.int32())}))


def test_what_was_observed_comes_back_as_it_was(warehouse, tmp_path):
    kinds = Kinds.build({}, ["wallet"])
    observed(warehouse, kinds)
    checkpoint.save(warehouse, tmp_path, "mark", night(kinds))
    with Warehouse.open(None, threads=1) as fresh:
        found = checkpoint.load(fresh, tmp_path, "mark", Settings())
        assert found is not None
        assert (found.accounts, found.as_of, found.counts) == (3, HOUR, {"rows": 1})
        assert [kind.name for kind in found.kinds] == [kind.name for kind in kinds]
        assert found.kinds.number("wallet") == len(KINDS)
        for name in checkpoint._TABLES:
            rows = f'SELECT * FROM "{name}"'
            assert fresh.arrow(rows).to_pylist() == warehouse.arrow(rows).to_pylist(), name


def test_another_mark_or_a_broken_marker_is_no_checkpoint(warehouse, tmp_path):
    assert checkpoint.load(warehouse, tmp_path, "mark", Settings()) is None
    observed_kinds = Kinds.build({}, ["wallet"])
    observed(warehouse, observed_kinds)
    checkpoint.save(warehouse, tmp_path, "mark", night(observed_kinds))
    with Warehouse.open(None, threads=1) as fresh:
        assert checkpoint.load(fresh, tmp_path, "other", Settings()) is None
        marker = tmp_path / "work" / "observed.json"
        whole = marker.read_text()
        for broken in (whole[:-5], "", "\x00"):
            marker.write_text(broken)
            assert checkpoint.load(fresh, tmp_path, "mark", Settings()) is None
        marker.unlink()
        assert checkpoint.load(fresh, tmp_path, "mark", Settings()) is None


def test_a_checkpoint_that_cannot_be_written_is_one_clear_error(warehouse, tmp_path):
    kinds = Kinds.build({}, ["wallet"])
    observed(warehouse, kinds)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        checkpoint.save(warehouse, tmp_path / "file", "mark", night(kinds))


def test_the_spill_folder_goes_whatever_happens(tmp_path):
    (tmp_path / "spill").mkdir()
    (tmp_path / "spill" / "left over").write_text("x")
    with pytest.raises(ZeroDivisionError), checkpoint.spill_folder(tmp_path) as spill:
        assert spill.is_dir()
        assert not list(spill.iterdir())
        (spill / "block").write_text("x")
        raise ZeroDivisionError
    assert not (tmp_path / "spill").exists()


def test_kept_tables_leave_out_raw_rows(warehouse, tmp_path):
    for name in ("clean_accounts", "raw_value", "identifier"):
        warehouse.register(name, pa.table({"x": [1, 2]}))
    checkpoint.keep_tables(warehouse, tmp_path)
    assert [path.name for path in sorted((tmp_path / "tables").iterdir())] == ["identifier.parquet"]
    assert pq.read_table(tmp_path / "tables" / "identifier.parquet")["x"].to_pylist() == [1, 2]
