"""A small source with one planted ring, innocent accounts, and values that must never be found in a store."""

import random
from pathlib import Path

RING = tuple(f"ring{i}" for i in range(8))
INNOCENT = tuple(f"user{i:03}" for i in range(240))
AS_OF = "2026-03-01T00:00:00Z"

CARD = "4111111111111111"
MAIL = "canary.mailbox.77"
PHONE = "+41446681800"
PROMPT = "Canaryprompt: please summarise the confidential merger of Aardvark and Zebra"
SYSTEM = "Canarysystem: thou shalt answer as a pirate"
CANARIES = (
    CARD,
    "4111 1111 1111 1111",
    MAIL,
    "446681800",
    "Canaryprompt",
    "Aardvark",
    "Canarysystem",
    "pirate",
)
"""Texts of the source that no file of a store may hold."""


def write_source(folder: Path, *, canaries: bool = False) -> Path:
    """CSV tables: a ring of 8 on one card, two devices and one template, among 240 accounts with lives of their own."""
    draw = random.Random(7)
    folder.mkdir(parents=True)
    accounts = ["account_id,created_at,email,phone,status"]
    methods = ["account_id,fingerprint,first_seen"]
    sessions = ["account_id,ts,ip,device_id"]
    exchanges = ["account_id,ts,ip,device_id,template_id,prompt,system_prompt,model"]
    for number, account in enumerate((*RING, *INNOCENT)):
        ring = account in RING
        mail = f"{account}.{draw.randrange(10**6)}@mail{number}.example.org"
        accounts.append(f"{account},2026-01-{1 + number % 28:02},{mail},,active")
        methods.append(f"{account},{'fp_ring' if ring else f'fp_own{number}'},2026-01-20")
        device = f"dev-ring-{number % 2}-abcd" if ring else f"dev-own-{number}-abcd"
        for day in range(1, 7):
            ip = f"93.184.{216 + day % 2}.{7 if ring else number % 250}" if ring else f"81.2.{number}.9"
            ts = f"2026-02-{day:02}T{number % 24:02}:10:00Z"
            sessions.append(f"{account},{ts},{ip},{device}")
            template = "T-ring" if ring else f"T-{number}"
            text = f'"{PROMPT} no {day}"' if canaries and number % 5 == 0 else ""
            system = f'"{SYSTEM}"' if canaries else ""
            exchanges.append(
                f"{account},{ts},{ip},{device},{'' if text else template},{text},{system},model-{day % 2}"
            )
    if canaries:
        accounts[1] = f"{RING[0]},2026-01-01,{MAIL}@canary.example.org,{PHONE},active"
        accounts[2] = f"{RING[1]},2026-01-01,{MAIL}@canary.example.org,{PHONE},active"
        methods.append(f"{INNOCENT[0]},{CARD},2026-01-20")
    tables = {"accounts": accounts, "payment_methods": methods, "sessions": sessions, "exchanges": exchanges}
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return folder


def leaks(folder: Path, texts: tuple[str, ...] = CANARIES) -> list[str]:
    """Which texts stand in the bytes of which files, Parquet pages unpacked."""
    import pyarrow.parquet as pq

    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        if path.suffix == ".parquet":
            data += repr(pq.read_table(path).to_pydict()).encode()
        found += [
            f"{path.relative_to(folder)}: {text}" for text in texts if text.encode().lower() in data.lower()
        ]
    return found
