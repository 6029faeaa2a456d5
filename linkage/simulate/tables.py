"""From codes to the columns of the input format."""

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkage.simulate import catalog
from linkage.simulate.base import World
from linkage.simulate.billing import Methods, Payments
from linkage.simulate.canvas import Canvas, release_second
from linkage.simulate.catalog import CLIENTS, COUNTRIES, MODELS, PLANS
from linkage.simulate.codes import I64, Bools, Salt, fold, hex_strings, mix
from linkage.simulate.decoys import STORIES
from linkage.simulate.names import emails, phones
from linkage.simulate.people import DAY, NEVER
from linkage.simulate.spellings import SPELLINGS
from linkage.simulate.texts import prompts
from linkage.simulate.traffic import Exchanges, Sessions

#: The end of every world.
AS_OF = datetime(2026, 6, 30, tzinfo=UTC)
_TIME = pa.timestamp("ms", tz="UTC")
_AS_OF_MS = int(AS_OF.timestamp()) * 1_000
_STACKS = np.array([client.tls for client in CLIENTS])
_BUNDLES = np.array([client.bundle for client in CLIENTS])


def times(canvas: Canvas, milliseconds: npt.NDArray[np.integer]) -> pa.Array:
    """Milliseconds of the window as timestamps."""
    begin = _AS_OF_MS - canvas.days * DAY * 1_000
    return pa.array(milliseconds.astype(np.int64) + begin).cast(_TIME)


def seconds(canvas: Canvas, values: npt.NDArray[np.integer], missing: Bools | None = None) -> pa.Array:
    """Seconds of the window as timestamps; null where marked."""
    column = times(canvas, values.astype(np.int64) * 1_000)
    return column if missing is None else pc.if_else(pa.array(missing), pa.scalar(None, _TIME), column)


def account_ids(seed: int, accounts: I64) -> pa.Array:
    """The accounts' opaque ids: a bijection of their numbers, so that no two agree."""
    return hex_strings(mix(accounts.astype(np.uint64) ^ fold(seed, Salt.ACCOUNT)), "acct_")


def spelled(values: I64, spell: Callable[[I64], pa.Array], missing: int | None = 0) -> pa.Array:
    """Codes as strings, each distinct one spelled once; null where the code is `missing`."""
    distinct, place = np.unique(values, return_inverse=True)
    mask = values == missing if missing is not None else None
    # Two codes may have one spelling, and a dictionary with a value twice is written in one of two ways.
    spelling = spell(distinct).dictionary_encode()
    number = spelling.indices.to_numpy(zero_copy_only=False)[place]
    return pa.DictionaryArray.from_arrays(pa.array(number.astype(np.int32), mask=mask), spelling.dictionary)


def named(values: npt.NDArray[np.integer], names: tuple[str, ...] | list[str]) -> pa.Array:
    """Positions in a list of names as those names; null where negative."""
    return pa.DictionaryArray.from_arrays(
        pa.array(values.astype(np.int32), mask=values < 0), pa.array(names, pa.string())
    )


def accounts_table(canvas: Canvas, ids: I64) -> pa.Table:
    """`accounts` of these rows."""
    a, seed = canvas.accounts, canvas.seed
    return pa.table(
        {
            "account_id": account_ids(seed, ids),
            "created_at": seconds(canvas, a.created[ids]),
            "status": named(a.status[ids], catalog.STATUSES),
            "closed_at": seconds(canvas, a.closed[ids], a.closed[ids] == NEVER),
            "deleted_at": seconds(canvas, a.deleted[ids], a.deleted[ids] == NEVER),
            "plan": named(a.plan[ids], [plan.name for plan in PLANS]),
            "pathway": named(a.pathway[ids], catalog.PATHWAYS),
            "org_id": spelled(
                a.org[ids], lambda codes: hex_strings(mix(codes.astype(np.uint64)), "org_", 12)
            ),
            "country": named(a.country[ids], [country.code for country in COUNTRIES]),
            "email": emails(seed, ids, a.mail_shape[ids], a.mail_domain[ids]),
            "phone": phones(seed, ids, a.phone[ids], a.country[ids]),
            "referral_code": spelled(a.referral[ids], SPELLINGS["referral_code"]),
        }
    )


def methods_table(canvas: Canvas, methods: Methods) -> pa.Table:
    """`payment_methods`."""
    return pa.table(
        {
            "account_id": account_ids(canvas.seed, methods.account),
            "fingerprint": spelled(methods.card, SPELLINGS["card"]),
            "bin": spelled(methods.card & 255, _bins, None),
            "funding": spelled(methods.card & 255, _funding, None),
            "first_seen": seconds(canvas, methods.first),
            "last_seen": seconds(canvas, methods.last),
        }
    )


def payments_table(canvas: Canvas, payments: Payments) -> pa.Table:
    """`payments`."""
    return pa.table(
        {
            "account_id": account_ids(canvas.seed, payments.account),
            "ts": seconds(canvas, payments.at),
            "fingerprint": spelled(payments.card, SPELLINGS["card"]),
            "amount": pa.array(payments.amount),
            "currency": named(np.zeros(len(payments.at), dtype=np.int64), ["USD"]),
            "outcome": named(payments.outcome, catalog.OUTCOMES),
        }
    )


class TrafficTables:
    """The sessions and exchanges of one part; what a session shows, its exchanges show too."""

    def __init__(self, world: World, ids: I64, sessions: Sessions, exchanges: Exchanges) -> None:
        self._canvas, self._sessions, self._exchanges = world.canvas, sessions, exchanges
        self._account = world.actors.account[ids[sessions.owner]]
        self._shown = {
            "account_id": spelled(self._account, lambda n: account_ids(world.seed, n), None),
            "ip": spelled(sessions.address, SPELLINGS["ip"], None),
            "device_id": spelled(sessions.device, SPELLINGS["device"]),
            "user_agent": named(sessions.client & 255, [client.user_agent for client in CLIENTS]),
            "tls_fingerprint": spelled(_STACKS[sessions.client & 255], _stacks),
        }

    def sessions(self) -> pa.Table:
        """`sessions`."""
        shown = dict(self._shown)
        return pa.table(
            {"account_id": shown.pop("account_id"), "ts": times(self._canvas, self._sessions.at), **shown}
        )

    def exchanges(self, *, text: bool) -> pa.Table:
        """`exchanges`, with the prompts' text or their template's id."""
        drawn, canvas = self._exchanges, self._canvas
        place = pa.array(drawn.session)
        shown = {name: column.take(place) for name, column in self._shown.items()}
        client = self._sessions.client[drawn.session]
        private, bundle = client >> 8, _BUNDLES[client & 255]
        system = np.where(private > 0, private, bundle)
        key = fold(canvas.seed, Salt.EXCHANGE, drawn.number)
        if text:
            content = {"prompt": prompts(drawn.template, key, self._account[drawn.session])}
        else:
            content = {"template_id": spelled(drawn.template, SPELLINGS["template"])}
        return pa.table(
            {
                "account_id": shown.pop("account_id"),
                "ts": times(canvas, drawn.at),
                "exchange_id": hex_strings(key, "ex_"),
                "model": named(drawn.model, [model.name for model in MODELS]),
                **shown,
                "credential_id": spelled(self._sessions.credential, _credentials).take(place),
                **content,
                "system_prompt": spelled(system, SPELLINGS["system_prompt"]),
                "tools_hash": spelled(np.where(system % 2 == 1, system, 0), SPELLINGS["tools"]),
                "input_tokens": drawn.input_tokens,
                "output_tokens": drawn.output_tokens,
                "status_code": drawn.status.astype(np.int32),
                "pathway": named(self._sessions.pathway[drawn.session], catalog.PATHWAYS),
            }
        )


def enforcement_table(canvas: Canvas) -> pa.Table:
    """`enforcement` in order of time."""
    member, at, action = (np.concatenate(parts) for parts in zip(*canvas.enforcement, strict=True))
    order = np.lexsort((member, at))
    return pa.table(
        {
            "account_id": account_ids(canvas.seed, member[order]),
            "ts": seconds(canvas, at[order]),
            "action": named(action[order], catalog.ACTIONS),
        }
    )


def labels_table(canvas: Canvas, ids: I64) -> pa.Table:
    """`labels` of these accounts."""
    a = canvas.accounts
    return pa.table(
        {
            "account_id": account_ids(canvas.seed, ids),
            "ring_id": ring_ids(canvas, a.ring[ids]),
            "campaign_id": _numbered(canvas, a.campaign[ids], "camp_"),
            "role": named(a.role[ids], catalog.ROLES),
        }
    )


def stories_table(canvas: Canvas, ids: I64) -> pa.Table:
    """What each account was made as: its ring, or the innocent story it is told in, or `plain`."""
    a = canvas.accounts
    ring = ring_ids(canvas, a.ring[ids]).cast(pa.string())
    story = named(np.where(a.story[ids] < 0, len(STORIES), a.story[ids]), [*STORIES, "plain"]).cast(
        pa.string()
    )
    return pa.table(
        {
            "account_id": account_ids(canvas.seed, ids),
            "story": pc.coalesce(ring, story),
            "campaign_id": _numbered(canvas, a.campaign[ids], "camp_"),
            "group_id": spelled(
                a.group[ids].astype(np.int64),
                lambda n: hex_strings(fold(canvas.seed, Salt.ORG, n), "group_", 8),
                -1,
            ),
            "style": named(a.style[ids], canvas.styles),
        }
    )


def links_table(canvas: Canvas) -> pa.Table:
    """`links`: who invited or referred whom, in order of time."""
    account, other, at = (
        np.concatenate([getattr(part, name) for part in canvas.relations])
        for name in ("account", "other", "at")
    )
    order = np.lexsort((other, account, at))
    at = seconds(canvas, at[order])
    return pa.table(
        {
            "account_id": account_ids(canvas.seed, account[order]),
            "kind": named(np.zeros(len(order), dtype=np.int64), ["account"]),
            "value": account_ids(canvas.seed, other[order]),
            "first_seen": at,
            "last_seen": at,
            "count": np.ones(len(order), dtype=np.int64),
        }
    )


def allow_list_table(canvas: Canvas) -> pa.Table:
    """`allow_list`: what the provider knows to be shared by contract."""
    rows: list[tuple[str, str, str, str, int]] = []
    for part in canvas.allowed:
        owners = hex_strings(mix(part.owner.astype(np.uint64)), "org_", 12).to_pylist()
        values = SPELLINGS[part.kind](part.value).to_pylist()
        rows += [
            (part.kind, value, owner, part.reason, int(days))
            for value, owner, days in zip(values, owners, part.days, strict=True)
        ]
    kinds, values, owners, reasons, days = (
        (list(column) for column in zip(*rows, strict=True)) if rows else ([],) * 5
    )
    return pa.table(
        {
            "kind": pa.array(kinds, pa.string()),
            "value": pa.array(values, pa.string()),
            "owner": pa.array(owners, pa.string()),
            "reason": pa.array(reasons, pa.string()),
            "expires_at": seconds(canvas, canvas.window + DAY * np.array(days, dtype=np.int64)),
        }
    )


def indicators_table(canvas: Canvas) -> pa.Table:
    """`indicators`: what outside feeds name, rightly or not."""
    values = [SPELLINGS[part.kind](part.value) for part in canvas.indicated]
    days = np.concatenate([part.days for part in canvas.indicated])
    kinds = [part.kind for part in canvas.indicated for _ in range(len(part.value))]
    order = np.random.default_rng([canvas.seed, 8]).permutation(len(days))
    return pa.table(
        {
            "kind": pa.array(kinds, pa.string()),
            "value": pa.concat_arrays(values),
            "source": named(order % 3, ["abuse-exchange", "card-network", "open-feed"]),
            "confidence": np.concatenate([part.confidence for part in canvas.indicated]),
            "valid_until": seconds(canvas, canvas.window + DAY * days),
        }
    ).take(pa.array(order))


def releases_table(canvas: Canvas) -> pa.Table:
    """`releases`: each model and when it came out."""
    ages = np.array([model.age for model in MODELS])
    at = canvas.window - (ages * DAY).astype(np.int64)
    at = np.where([model.in_window for model in MODELS], release_second(canvas.days), at)
    return pa.table({"model": [model.name for model in MODELS], "released_at": seconds(canvas, at)})


def plans_table() -> pa.Table:
    """`plans`; the allowance is in tokens a month, null where use is paid as it goes."""
    return pa.table(
        {
            "plan": [plan.name for plan in PLANS],
            "price": [plan.price for plan in PLANS],
            "currency": ["USD"] * len(PLANS),
            "monthly_allowance": pa.array([plan.allowance for plan in PLANS], pa.int64()),
        }
    )


def ring_ids(canvas: Canvas, numbers: npt.NDArray[np.integer]) -> pa.Array:
    """Numbers of rings as they are called; null where negative."""
    return _numbered(canvas, numbers, "ring_")


def _numbered(canvas: Canvas, numbers: npt.NDArray[np.integer], prefix: str) -> pa.Array:
    """Ring and campaign numbers as names without order; null where negative."""

    def spell(distinct: I64) -> pa.Array:
        return hex_strings(fold(canvas.seed, Salt.RING, distinct), prefix, 8)

    return spelled(numbers.astype(np.int64), spell, -1)


def _bins(numbers: I64) -> pa.Array:
    return pa.array([str(411_000 + 2_311 * int(n) % 140_000) for n in numbers], pa.string())


def _funding(numbers: I64) -> pa.Array:
    """Funding by issuer: the last programmes are virtual or prepaid, the others credit or debit."""
    names = [
        ("virtual" if n % 4 else "prepaid") if n >= 56 else ("credit" if n % 5 < 3 else "debit")
        for n in numbers
    ]
    return pa.array(names, pa.string())


def _stacks(numbers: I64) -> pa.Array:
    return hex_strings(fold(0, Salt.TLS, numbers), "t13d", 16)


def _credentials(codes: I64) -> pa.Array:
    return hex_strings(mix(codes.astype(np.uint64)), "key_", 14)
