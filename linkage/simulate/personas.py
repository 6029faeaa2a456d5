"""Passing for customers: members copy the traits that a single account shows from innocents of all kinds."""

import numpy as np

from linkage.simulate.addresses import CLASSES, V6, AddressPlan
from linkage.simulate.canvas import Canvas
from linkage.simulate.codes import I64, Salt, code
from linkage.simulate.held import Held
from linkage.simulate.people import Own

_LINES = Own.HOME | Own.MOBILE | Own.WORK | Own.SERVER | Own.VPN
_COPIED = ("rate", "profile", "noise", "grid", "bursty", "ramp", "device_share", "channel", "model", "adopts")
_OFFICES = (CLASSES.index("corporate"), CLASSES.index("education"))


def pass_for_customers(canvas: Canvas, members: I64, rng: np.random.Generator) -> None:
    """Give each member the plan, age, volume, hours, clients and kinds of line of some innocent account.

    What the innocent shares with others is not copied: the member gets one of its own, or one of the same kind.
    """
    accounts, actors = canvas.accounts, canvas.actors
    innocent = np.flatnonzero(accounts.role == 0)
    model = rng.choice(innocent, len(members))
    created = accounts.created[model] + rng.integers(-6 * 3_600, 6 * 3_600, len(members))
    canvas.register(members, np.minimum(created, canvas.window - 1))
    for name in ("plan", "pathway", "mail_shape"):
        getattr(accounts, name)[members] = getattr(accounts, name)[model]
    accounts.phone[members] = np.where(accounts.phone[model] != 0, -1, 0)
    for name, salt in (("org", Salt.ORG), ("mail_domain", Salt.EMAIL)):
        own = code(canvas.seed, salt, members, 4_000_000_000)
        getattr(accounts, name)[members] = np.where(getattr(accounts, name)[model] != 0, own, 0)
    used = accounts.referral[model]
    friends = 1_000 + rng.integers(0, len(accounts), len(members))
    accounts.referral[members] = np.where(used >= 1_000, friends, used)
    for name in _COPIED:
        getattr(actors, name)[members] = getattr(actors, name)[model]
    _copy_templates(canvas, members, model)
    _copy_lines(canvas, members, model, rng)
    _copy_clients(canvas, members, model)


def templated(canvas: Canvas, rows: I64) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Share of these actors' exchanges that carry any template."""
    actors = canvas.actors
    others = np.minimum(actors.granted_share[rows] + actors.popular_share[rows], 1.0)
    return np.asarray(others + actors.own_share[rows] * (1.0 - others))


def _copy_templates(canvas: Canvas, members: I64, model: I64) -> None:
    """As much of the traffic in templates, all of them the member's own until the campaign takes its part."""
    share = templated(canvas, model)
    canvas.actors.granted_share[members] = 0.0
    canvas.actors.popular_share[members] = 0.0
    canvas.actors.own_share[members] = share


def _granted(canvas: Canvas, kind: str, model: I64) -> Held:
    """What stories granted the models; its owners are places in `model`."""
    order = np.argsort(model, kind="stable")
    found = Held.join(canvas.granted[kind]).of_owners(model[order])
    return Held(order[found.owner], found.value, found.weight, found.start, found.end)


def _copy_lines(canvas: Canvas, members: I64, model: I64, rng: np.random.Generator) -> None:
    """The same kinds of line: for a shared office another office, for a shared machine a cloud machine."""
    own = canvas.actors.own[model] & np.uint8(_LINES)
    held = _granted(canvas, "ip", model)
    kind = _kinds(canvas.addresses, held.value)
    own[held.owner[np.isin(kind, _OFFICES)]] |= np.uint8(Own.WORK)
    own[held.owner[kind == CLASSES.index("hosting")]] |= np.uint8(Own.SERVER)
    own[held.owner[kind == CLASSES.index("residential")]] |= np.uint8(Own.HOME)
    pools = held.owner[held.value < 0]
    carrier = np.isin(held.value[held.value < 0], np.concatenate(canvas.mobile))
    own[pools[carrier]] |= np.uint8(Own.MOBILE)
    own[pools[~carrier]] |= np.uint8(Own.VPN)
    own[own == 0] |= np.uint8(Own.HOME)
    canvas.actors.own[members] = (canvas.actors.own[members] & np.uint8(255 - int(_LINES))) | own


def _kinds(plan: AddressPlan, addresses: I64) -> I64:
    """Place of each address's class in CLASSES; -1 where it is a pool."""
    bases, kinds = plan.blocks()
    place = np.searchsorted(bases, addresses >> 16 << 16)
    found = kinds[np.minimum(place, len(kinds) - 1)]
    home = CLASSES.index("residential")
    return np.where(addresses < 0, -1, np.where(addresses >= V6, home, found))


def _copy_clients(canvas: Canvas, members: I64, model: I64) -> None:
    """The same public clients; for a product of the model's, one of the member's own on the same stack."""
    held = _granted(canvas, "client", model)
    private = held.value >> 8 > 0
    product = code(canvas.seed, Salt.OWN_CLIENT, members[held.owner], 4_000_000_000)
    value = np.where(private, product, 0) + (held.value & 255)
    canvas.grant("client", members[held.owner], value, held.weight)
    bare = (canvas.actors.own[model] & np.uint8(Own.CLIENTS)) == 0
    covered = np.isin(np.arange(len(model)), held.owner)
    canvas.drop(members[bare & covered], Own.CLIENTS)
