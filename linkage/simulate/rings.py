"""How a ring is laid on accounts: sign-up, cards, network, devices and content."""

from dataclasses import dataclass, field

import numpy as np

from linkage.simulate import knobs
from linkage.simulate.base import BIN_WEIGHTS, home_addresses, pays
from linkage.simulate.canvas import Canvas, Indicated, Owned
from linkage.simulate.catalog import CLIENTS
from linkage.simulate.codes import I64, Salt, code, unit
from linkage.simulate.operators import Operator
from linkage.simulate.people import DAY, Own, second_channels

#: Members of one part of a ring are numbered apart from those of another by this much.
_APART = 1_000_000


@dataclass(frozen=True)
class Ring:
    """A ring being laid: its operator, its accounts, and the accounts that others replace (old and new)."""

    canvas: Canvas
    number: int
    op: Operator
    members: I64
    old: I64
    new: I64
    rng: np.random.Generator
    exits: list[I64] = field(default_factory=list)

    def fresh(self, salt: Salt, numbers: I64 | int) -> I64:
        """New codes that only this ring has."""
        return code(self.canvas.seed, salt, numbers, 5_000_000_000 + self.number)

    def owns(self, kind: str, values: I64) -> None:
        """Put down that the operator has these values for itself (or with whoever says the same of them)."""
        self.canvas.owned.append(Owned(kind, np.unique(values), self.number))

    def some(self, share: float) -> I64:
        """Places of a random share of the members; a replacement shares the fate of what it replaces."""
        chosen = self.rng.random(len(self.members)) < share
        chosen[self.new] = chosen[self.old]
        return np.flatnonzero(chosen)

    def a_part(self) -> I64:
        """Places of all members; of a fifth where the ring hides and a trait of all would show in each."""
        return self.some(0.2 if self.op.persona else 1.0)

    def split(self, size: int) -> I64:
        """Each member's part when the ring is cut at random into parts of about this size.

        A replacement is put where the account was that it replaces, or into parts of a second pool.
        """
        parts = self.rng.permutation(len(self.members)) // size
        if self.op.second_pool:
            parts[self.new] += _APART
        else:
            parts[self.new] = parts[self.old]
        return parts


def register(ring: Ring) -> None:
    """Sign-up: when, from which countries, with what plan, mail, phone, referral and inviter."""
    canvas, op, members = ring.canvas, ring.op, ring.members
    accounts = canvas.accounts
    if op.registration != "aged":
        canvas.register(members, _created(ring))
    if op.registration != "aged" or op.network != "separate":
        canvas.settle(members, op.countries[ring.rng.integers(0, len(op.countries), len(members))])
    if not op.persona:
        canvas.set_plan(members, ("pro", "payg")[ring.number % 2])
    if op.programme is not None:
        accounts.pathway[members] = op.programme
    if not op.persona:
        canvas.actors.channel[members] = second_channels(
            accounts.pathway[members], op.second_channel, ring.rng
        )
    if op.mail_pattern:
        who = members[ring.a_part()]
        accounts.mail_shape[who] = 5
        disposable = ring.fresh(Salt.EMAIL, 1)
        accounts.mail_domain[who] = disposable if ring.rng.random() < 0.4 else 0
        ring.owns("email_domain", disposable)
    if op.referral:
        accounts.referral[members[ring.a_part()]] = ring.fresh(Salt.REFERRAL, 1)
        ring.owns("referral_code", ring.fresh(Salt.REFERRAL, 1))
    if op.shared_phones:
        part = ring.a_part()
        numbers = ring.fresh(Salt.PHONE, ring.split(int(ring.rng.integers(2, 9))))
        accounts.phone[members[part]] = numbers[part]
        ring.owns("phone", numbers[part])


def _created(ring: Ring) -> I64:
    """Seconds of sign-up: a drip over days, or bursts of some hours."""
    canvas, op, rng = ring.canvas, ring.op, ring.rng
    begin = rng.uniform(-25 * DAY - op.created_days * DAY / 2, 0.4 * canvas.window)
    end = max(begin + 3_600, min(begin + op.created_days * DAY, canvas.window - 2 * DAY))
    if op.registration == "drip" and op.persona:
        end = rng.uniform(0.1, 0.9) * canvas.window
        return rng.uniform(end - op.created_days * DAY, end, len(ring.members)).astype(np.int64)
    if op.registration == "drip":
        return rng.uniform(begin, end, len(ring.members)).astype(np.int64)
    bursts = rng.uniform(begin, end, 1 + len(ring.members) // 150)
    which = rng.integers(0, len(bursts), len(ring.members))
    return (bursts[which] + rng.uniform(0, 3 * 3_600, len(ring.members))).astype(np.int64)


def invite(ring: Ring) -> None:
    """Referral credit: members invited by members that were there before (told once all are created)."""
    guests = ring.members[ring.some(ring.op.invited)]
    ring.canvas.relate(guests, ring.rng.choice(ring.members, len(guests)))


def pay(ring: Ring) -> None:
    """Cards: one for all, several, or numbers of one virtual programme; the rest pay as they would."""
    op, canvas = ring.op, ring.canvas
    if op.cards == "separate":
        return
    who = ring.some(op.card_share)
    # Who hides puts no card on a plan that asks for none.
    who = who[pays(canvas, ring.members[who])] if op.persona else who
    if not len(who):
        return
    parts = ring.split(len(ring.members) if op.cards == "one" else op.accounts_per_card)[who]
    cards = _cards(ring, parts)
    canvas.drop(ring.members[who], Own.CARD)
    churned = ring.rng.random(len(who)) < op.card_churn
    until = np.where(churned, ring.rng.uniform(0.2, 0.8, len(who)) * canvas.window, canvas.window).astype(
        np.int64
    )
    canvas.grant("card", ring.members[who], cards, 1.0, 0, until)
    # The next card is another one of the ring's; of one card only, a second one for all.
    following = (
        cards[(np.flatnonzero(churned) + 1) % len(cards)]
        if op.cards != "one"
        else _cards(ring, parts[churned] + 1)
    )
    canvas.grant("card", ring.members[who[churned]], following, 1.0, until[churned])
    ring.owns("card", np.concatenate([cards, following]))
    for card in np.unique(np.concatenate([cards, following])):
        canvas.chargebacks[int(card)] = op.chargebacks
    _indicate(ring, "card", np.unique(cards))


def _cards(ring: Ring, parts: I64) -> I64:
    """One card for each part, of the ring's virtual programme or of any issuer."""
    programme = len(BIN_WEIGHTS) - 8 + ring.number % 8
    distinct, place = np.unique(parts, return_inverse=True)
    issuers = ring.rng.choice(len(BIN_WEIGHTS), len(distinct), p=np.array(BIN_WEIGHTS) / sum(BIN_WEIGHTS))
    if ring.op.cards == "virtual":
        # Who hides mixes a fifth of virtual numbers with other cards: one kind of card in all would show.
        issuers[
            unit(ring.canvas.seed, Salt.CARD, distinct, ring.number) < (0.2 if ring.op.persona else 1.0)
        ] = programme
    return np.asarray(ring.fresh(Salt.CARD, parts) + issuers[place], dtype=np.int64)


def _indicate(ring: Ring, kind: str, values: I64) -> None:
    """Let an outside feed name some of these values, some weeks ago or for some weeks yet."""
    known = values[ring.rng.random(len(values)) < ring.op.indicated]
    confidence = ring.rng.uniform(0.3, 0.95, len(known)).round(2)
    ring.canvas.indicated.append(Indicated(kind, known, confidence, ring.rng.integers(-20, 90, len(known))))


def connect(ring: Ring) -> int:
    """Network: pools of exits that members rotate over; the code of the first (0: each has its own line)."""
    canvas, op = ring.canvas, ring.op
    if op.hidden_network > 0.05:
        canvas.drop(ring.members, Own.VPN)
        who = ring.members[ring.some(0.2)]
        vpn = np.array(canvas.vpn)
        canvas.grant("ip", who, vpn[ring.rng.integers(0, len(vpn), len(who))], op.hidden_network)
    if op.network == "separate":
        return 0
    # Who passes for somebody on the road has no home to be replaced by an exit.
    behind = np.flatnonzero((canvas.actors.own[ring.members] & np.uint8(Own.HOME) > 0) | (not op.persona))
    canvas.drop(ring.members, Own.HOME)
    if not op.blend:
        canvas.drop(ring.members, Own.MOBILE | Own.WORK | Own.SERVER | Own.VPN)
    side = ring.split(1) % op.networks
    if op.second_pool:
        side[ring.new] = op.networks
    # Who hides comes from where the account says it is.
    country = canvas.accounts.country[ring.members].astype(np.int64) if op.persona else np.full(len(side), -1)
    pool = np.empty(len(side), dtype=np.int64)
    for one, where in sorted(set(zip(side.tolist(), country.tolist(), strict=True))):
        inside = (side == one) & (country == where)
        pool[inside] = _pool(ring, int(inside.sum()), where)
    canvas.grant("ip", ring.members[behind], pool[behind])
    return int(pool[0])


def _pool(ring: Ring, members: int, country: int) -> int:
    """A pool of exits for so many members: rented where another operator is too, or new.

    `country` -1: in all of the operator's countries.
    """
    canvas, op = ring.canvas, ring.op
    offered = canvas.rented.setdefault(country, [])
    if op.network == "rented" and offered:
        pool = int(ring.rng.choice(offered))
        ring.owns("ip", canvas.exits[pool])
        return pool
    countries = op.countries if country < 0 else np.array([country], dtype=np.int64)
    own, homes = _exits(ring, members, countries)
    offered.append(canvas.pools.add(np.concatenate([own, homes]), op.rotation_seconds))
    canvas.exits[offered[-1]] = own
    ring.owns("ip", own)
    return offered[-1]


def _exits(ring: Ring, members: int, countries: I64) -> tuple[I64, I64]:
    """Addresses for a pool: its own, and the homes of customers that are a residential network's exits too."""
    canvas, op = ring.canvas, ring.op
    count = max(2, round(members / op.members_per_address))
    kind = "hosting" if op.network == "datacentre" else "residential"
    if kind == "hosting":
        taken = canvas.addresses.take(kind, np.resize(countries, count))
        _indicate(ring, "ip", taken)
        return taken, np.empty(0, dtype=np.int64)
    # As many as homes show: those with a prefix use it for half of their sessions.
    six = round(knobs.PLAIN.v6_share / 2 * count)
    taken = canvas.addresses.take(kind, np.resize(countries, count - six))
    prefixes = canvas.addresses.take6(np.resize(countries, six))
    listed = canvas.addresses.take("residential_proxy", np.resize(countries, count // 30))
    plain = (
        (canvas.accounts.story < 0) & (canvas.accounts.ring < 0) & np.isin(canvas.accounts.country, countries)
    )
    homes = np.flatnonzero(plain)
    hosts = ring.rng.choice(homes, min(len(homes), round(op.innocents_in_pool * count)), replace=False)
    _indicate(ring, "ip", taken)
    return np.concatenate([taken, prefixes, listed]), home_addresses(canvas, hosts, 0)


def equip(ring: Ring) -> None:
    """Devices and clients: farms of a few accounts a device, emulators with default ids, a private tool."""
    canvas, op = ring.canvas, ring.op
    if op.devices != "fresh":
        who = ring.some(op.device_share)
        shared = ring.fresh(Salt.DEVICE, ring.split(op.accounts_per_device)[who])
        if op.devices == "emulator":
            # Emulators show the default id half of the time, and otherwise the farm's.
            defaults = canvas.default_devices
            canvas.grant("device", ring.members[who], int(defaults[ring.number % len(defaults)]))
        canvas.drop(ring.members[who], Own.DEVICES)
        canvas.grant("device", ring.members[who], shared)
        ring.owns("device", shared)
        if not op.persona:
            canvas.actors.device_share[ring.members[who]] = 0.9
    if op.client is None:
        return
    tool = int(ring.fresh(Salt.OWN_CLIENT, 1)[0]) if op.private_client else 0
    if tool:
        # What a client sends is named by its number without the stack; odd ones bring tools as well.
        ring.owns("system_prompt", np.array([tool >> 8]))
        ring.owns("tools", np.array([tool >> 8]) if (tool >> 8) % 2 else np.empty(0, dtype=np.int64))
    who = ring.members[ring.a_part()]
    canvas.drop(who, Own.CLIENTS)
    canvas.grant("client", who, tool + op.client)
    canvas.grant("client", who, int(ring.rng.integers(0, len(CLIENTS))), 0.3)


def write(ring: Ring, actors: I64) -> None:
    """Content: the campaign's template families, each actor with its own variants of them."""
    for number in range(ring.op.templates):
        variant = ring.op.variants[ring.rng.integers(0, len(ring.op.variants), len(actors))]
        # A family that leads all others would stand out in the account that uses it.
        weight = 1.0 if ring.op.persona else 1.0 / (1 + number)
        ring.canvas.grant("template", actors, family(ring, number) + variant, weight)
        ring.owns("template", family(ring, number) + variant)


def family(ring: Ring, number: int) -> int:
    """The code of one of the campaign's template families."""
    return int(code(ring.canvas.seed, Salt.TEMPLATE, ring.op.campaign, 6_000_000_000 + number)[0])
