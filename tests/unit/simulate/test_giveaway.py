"""No account of a careful operator gives itself away: what a classifier makes of single accounts."""

from pathlib import Path

import pytest

from linkage.simulate import simulate
from tests.bench.giveaway import GiveAway, features, giveaway

ACCOUNTS = 14_000


def measured(folder: Path, level: str, accounts: int = ACCOUNTS) -> GiveAway:
    simulate(folder / level, accounts=accounts, seed=5, level=level)
    return giveaway(folder / level)


@pytest.mark.parametrize("level", ["careful", "paranoid"])
def test_single_accounts_do_not_tell_rings(tmp_path: Path, level: str) -> None:
    found = measured(tmp_path, level)
    assert found.members > 120
    assert found.auc < 0.75
    assert found.auc_by_ring < 0.7
    assert found.best_feature_auc < 0.65
    assert found.best_rule < 0.25


def test_the_check_would_see_a_give_away(tmp_path: Path) -> None:
    found = measured(tmp_path, "easy", 6_000)
    assert found.auc > 0.95
    assert found.best_rule > 0.5


def test_features_look_at_one_account_alone(tmp_path: Path) -> None:
    simulate(tmp_path / "world", accounts=1_000, exchanges_per_account=5.0, level="careful")
    table = features(tmp_path / "world")
    assert table["account_id"].is_unique
    assert {"exchanges", "tokens", "plan", "created", "night", "banned", "abroad"} <= set(table.columns)
    assert not {"ip", "device_id", "fingerprint", "template_id"} & set(table.columns)
