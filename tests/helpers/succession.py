"""A source in which one account goes on where another was refused, and one begins where another was banned."""

import random
from datetime import datetime, timedelta
from pathlib import Path

SPARE = ("user001", "user010")
"""Of a text of their own: what the first is refused, the second sends four seconds later, four times."""
SWAP = ("user003", "zz_heir")
"""The first is banned, the second begins twenty minutes later with the template and the card of the first."""
TEMPLATE, CARD, POOL = "T-spare", "fp_pool", "T-pool"
_FEBRUARY = datetime(2026, 2, 1)


def write_succession(folder: Path, *, prompts: bool = False) -> Path:
    """CSV tables: 2,000 people, who begin all over February; with `prompts`, the spare's text comes as it is."""
    draw = random.Random(11)
    folder.mkdir(parents=True)
    accounts = ["account_id,created_at,email,status"]
    methods = ["account_id,fingerprint,first_seen"]
    exchanges = ["account_id,ts,template_id,prompt,status_code"]
    enforcement = ["account_id,ts,action"]

    def send(account: str, at: datetime, template: str, status: int = 200, prompt: str = "") -> None:
        exchanges.append(f"{account},{at.isoformat(timespec='milliseconds')}Z,{template},{prompt},{status}")

    def sign_up(account: str, at: datetime, card: str) -> None:
        accounts.append(f"{account},{at.isoformat()}Z,{account}@mail-{account}.example,active")
        methods.append(f"{account},{card},{at.isoformat()}Z")

    for number in range(2_000):
        account = f"user{number:03}"
        begin = _FEBRUARY + timedelta(minutes=draw.uniform(0, 27 * 1_440) if number > 3 else number)
        sign_up(account, begin, CARD if account == SWAP[0] else f"fp_own{number}")
        for day in range(3):
            at = begin + timedelta(days=draw.uniform(day, day + 0.9))
            if at < datetime(2026, 3, 1):
                send(account, at, f"T-{number // 8}", 429 if draw.random() < 0.05 else 200)
        send(account, begin, f"T-{number // 8}")
    for day in (3, 8, 9, 20):
        at = _FEBRUARY + timedelta(days=day, hours=10, minutes=7 * day)
        text = f"Rewrite the order of day {day} as a poem" if prompts else ""
        template = "" if prompts else TEMPLATE
        send(SPARE[0], at, template, 429, text)
        send(SPARE[1], at + timedelta(seconds=4), template, 200, text)
    ban = _FEBRUARY + timedelta(days=18, hours=9, minutes=5)
    send(SWAP[0], ban - timedelta(days=3), POOL)
    enforcement.append(f"{SWAP[0]},{ban.isoformat()}Z,ban")
    heir = ban + timedelta(minutes=20)
    sign_up(SWAP[1], heir - timedelta(minutes=5), CARD)
    send(SWAP[1], heir, POOL)
    tables = {
        "accounts": accounts,
        "payment_methods": methods,
        "exchanges": exchanges,
        "enforcement": enforcement,
    }
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return folder
