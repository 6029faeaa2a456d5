"""Nothing personal is written where it does not belong, whatever the input holds and however a run ends."""

import pytest
from helpers.source import CANARIES, RING, leaks, write_source
from helpers.spoilt import LENIENT, SpoiltNight

import linkage


@pytest.mark.parametrize("log", ["text", "json"])
def test_no_card_number_prompt_or_mail_is_in_the_store_or_the_logs(tmp_path, monkeypatch, log):
    monkeypatch.setenv("LINKAGE_TEST_KEY", "0123456789abcdef0123")
    night = SpoiltNight(
        tmp_path, config=f"{LENIENT}keep_tables = true\n[privacy]\nkey_env = 'LINKAGE_TEST_KEY'\n"
    )
    write_source(night.source, canaries=True)
    result = night.run("--log-format", log)
    assert result.exit_code == 0, result.stderr
    assert leaks(night.store) == []
    told = (result.stdout + result.stderr).lower()
    assert not [text for text in CANARIES if text.lower() in told]
    plain = ("fp_ring", "fp_own", "dev-ring", "93.184.216.7", "81.2.", "@mail")
    assert leaks(night.store, plain) == []
    # It did see them: the ring stands on them.
    assert sorted(linkage.open(night.store).memberships()["account_id"]) == sorted(RING)
    assert [row[2] for row in night.quarantined("payment_methods")]


def test_without_a_key_too_no_card_number_prompt_or_mail_is_kept(tmp_path):
    night = SpoiltNight(tmp_path, config=LENIENT)
    write_source(night.source, canaries=True)
    result = night.run()
    assert result.exit_code == 0, result.stderr
    assert leaks(night.store) == []


def test_a_run_that_dies_leaves_no_personal_value_behind(tmp_path, monkeypatch):
    import linkage.nightly

    def die(*_arguments: object) -> None:
        raise RuntimeError("no")

    night = SpoiltNight(tmp_path, config=LENIENT)
    write_source(night.source, canaries=True)
    monkeypatch.setattr(linkage.nightly, "judge_rings", die)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert night.run().exit_code == 70
    assert (night.store / "runs" / "run1" / "work").is_dir()
    assert leaks(night.store) == []
    # Nor does what went wrong name them.
    for path in tmp_path.glob("linkage-crash-*"):
        assert not any(text in path.read_text() for text in CANARIES)
