"""Small sources written as CSV."""

from collections.abc import Sequence
from pathlib import Path

DAY = "2026-06-{day:02d}T{hour:02d}:10:00Z"


def write_world(
    folder: Path,
    accounts: list[str],
    *,
    cards: Sequence[tuple[str, str]] = (),
    sessions: Sequence[tuple[str, str | None, str | None]] = (),
    exchanges: Sequence[tuple[str, str, int, int]] = (),
) -> Path:
    """`cards`: account, fingerprint; `sessions`: account, ip, device; `exchanges`: account, template, day, hour."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "accounts": ["account_id", *accounts],
        "payment_methods": ["account_id,fingerprint", *(f"{who},tok_{card}" for who, card in cards)],
        "sessions": [
            "account_id,ts,ip,device_id",
            *(f"{who},{DAY.format(day=1, hour=0)},{ip or ''},{device or ''}" for who, ip, device in sessions),
        ],
        "exchanges": [
            "account_id,ts,template_id",
            *(f"{who},{DAY.format(day=day, hour=hour)},{text}" for who, text, day, hour in exchanges),
        ],
    }
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return folder
