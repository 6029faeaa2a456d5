"""The two examples on real data end to end, with floors a bit under what `docs/results.md` reports."""

import shutil
from pathlib import Path

import pytest

import linkage
from linkage.engine.embedded import EmbeddedEngine
from linkage.evaluate import Report, evaluate, read_labels
from linkage.nightly import NightlyOptions, run_nightly
from linkage.progress import Silent
from linkage.settings import load_settings

ROOT = Path(linkage.__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"
WALLETS, PROMPTS = DATA / "wallets", DATA / "prompts"

needs_wallets = pytest.mark.skipif(not WALLETS.is_dir(), reason="the wallets data is not beside the project")
needs_prompts = pytest.mark.skipif(not PROMPTS.is_dir(), reason="the prompts data is not beside the project")


def measure(example: str, source: Path, labels: Path, store: Path) -> Report:
    """One night with the example's configuration, against the truth."""
    settings = load_settings(ROOT / "examples" / example / "linkage.toml")
    engine = EmbeddedEngine(store)
    run_nightly(engine, NightlyOptions(source, settings), Silent())
    return evaluate(engine.view().memberships(), read_labels(labels, settings))


@needs_wallets
def test_wallets_beat_the_hub_list_without_it(tmp_path: Path) -> None:
    report = measure("wallets", WALLETS, WALLETS / "labels.csv", tmp_path / "store")
    pairs, accounts = report.all_rings.pairs, report.large.accounts
    assert pairs.precision is not None
    assert pairs.recall is not None
    assert accounts.precision is not None
    assert accounts.recall is not None
    assert pairs.precision >= 0.93
    assert pairs.recall >= 0.66
    assert accounts.precision >= 0.95
    assert accounts.recall >= 0.65


@needs_prompts
def test_prompts_find_who_shares_a_private_template(tmp_path: Path) -> None:
    report = measure("prompts", PROMPTS, PROMPTS / "dev_labels.jsonl", tmp_path / "store")
    pairs = report.all_rings.pairs
    assert pairs.precision is not None
    assert pairs.recall is not None
    assert pairs.precision >= 0.92
    assert pairs.recall >= 0.95


@needs_prompts
def test_the_prompts_file_may_have_any_name_and_lie_alone(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    shutil.copy(PROMPTS / "dev.jsonl", source / "another.jsonl")
    alone = measure("prompts", source, PROMPTS / "dev_labels.jsonl", tmp_path / "store")
    assert alone.all_rings.pairs.predicted > 0
    assert alone.labelled == 671
    assert alone.unlabelled == 0
