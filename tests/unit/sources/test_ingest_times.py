"""Times in every form, and the other small readers, as SQL."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage.identifiers.cards import luhn
from linkage.sources.ingest import MACROS
from linkage.warehouse import Warehouse


@pytest.fixture(scope="module")
def db():
    with Warehouse.open(threads=1) as warehouse:
        for macro in MACROS:
            warehouse.run(f"sources/macro_{macro}")
        yield warehouse


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-01-02", "2026-01-02 00:00:00"),
        ("2026-01-02T03:04:05", "2026-01-02 03:04:05"),
        ("2026-01-02 03:04:05.123456", "2026-01-02 03:04:05.123456"),
        ("2026-01-02T03:04:05Z", "2026-01-02 03:04:05"),
        ("2026-01-02t03:04:05z", "2026-01-02 03:04:05"),
        ("2026-01-02T03:04:05+05:30", "2026-01-01 21:34:05"),
        ("2026-01-02T03:04:05-0800", "2026-01-02 11:04:05"),
        ("2026-01-02T03:04+02", "2026-01-02 01:04:00"),
        ("2026-01-02 03:04:05 UTC", "2026-01-02 03:04:05"),
        ("20260102", "2026-01-02 00:00:00"),
        ("20260102T030405Z", "2026-01-02 03:04:05"),
        ("1767322800", "2026-01-02 03:00:00"),
        ("1767322800.5", "2026-01-02 03:00:00.5"),
        ("1.7673228e9", "2026-01-02 03:00:00"),
        ("1767322800123", "2026-01-02 03:00:00.123"),
        ("1767322800123456", "2026-01-02 03:00:00.123456"),
        ("1767322800123456789", "2026-01-02 03:00:00.123456"),
        ("yesterday", None),
        ("", None),
        ("2026-02-30", None),
        ("99999999999999999999", None),
        ("nan", None),
        ("-", None),
    ],
)
def test_times_as_text(db, text, wanted):
    found = db.scalar("SELECT CAST(time_of_text($text) AS VARCHAR)", {"text": text})
    assert found == wanted


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))


@given(moment=MOMENTS, offset=st.integers(-14 * 60, 14 * 60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_offset_never_changes_the_moment(db, moment, offset):
    there = moment.replace(tzinfo=UTC).astimezone(timezone(timedelta(minutes=offset)))
    assert db.scalar("SELECT time_of_text($text)", {"text": there.isoformat()}) == moment


@given(moment=MOMENTS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_epochs_of_every_grain_agree(db, moment):
    micros = (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    found = db.records(
        "SELECT time_of_epoch($micros // 1000000) AS s, time_of_epoch($micros // 1000) AS ms,"
        " time_of_epoch($micros) AS us, time_of_text(CAST($micros * 1000 AS VARCHAR)) AS ns",
        {"micros": micros},
    )[0]
    assert found["us"] == found["ns"] == moment
    assert found["ms"] == moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert found["s"] == moment.replace(microsecond=0)


@given(digits=st.text("0123456789", min_size=1, max_size=19))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_luhn_agrees_with_the_identifiers(db, digits):
    assert db.scalar("SELECT luhn($digits)", {"digits": digits}) == luhn(digits)


@given(text=st.text(st.sampled_from("0123456789 -./_ab\n"), max_size=60))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_masked_passes_for_a_card(db, text):
    card = "4111-1111 1111.1111"
    masked = db.scalar("SELECT mask_cards($text)", {"text": f"{text}{card}{text}"})
    assert card not in masked
    assert not db.scalar("SELECT coalesce(passes_for_card($text), false)", {"text": masked})


def test_masking_keeps_plain_numbers(db):
    for text in ("1767322800123", "acc 42", "4111111111111112", "2026-01-02 03:04:05.123456"):
        assert db.scalar("SELECT mask_cards($text)", {"text": text}) == text
