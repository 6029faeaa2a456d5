"""E-mail addresses and phone numbers of accounts, made up from syllables and digits."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkage.simulate.catalog import COUNTRIES, FREE_MAIL
from linkage.simulate.codes import F64, I64, Salt, below, choose, fold, join_pieces, unit
from linkage.simulate.words import BEGINNINGS, ENDINGS

_DIGITS = [f"{n:04d}" for n in range(10_000)]
_TOP_LEVEL = [".com", ".io", ".net", ".org", ".co", ".ai"]
_PIECES = [
    "", ".", "_", "@",
    *BEGINNINGS,
    *ENDINGS,
    *_TOP_LEVEL,
    *(domain for domain, _ in FREE_MAIL),
    *(country.mobile for country in COUNTRIES),
    *_DIGITS,
]  # fmt: skip
_BANK = pa.array(_PIECES)
_AT = {name: _PIECES.index(name) for name in ("", ".", "_", "@")}
_BEGIN_AT = 4
_END_AT = _BEGIN_AT + len(BEGINNINGS)
_TOP_AT = _END_AT + len(ENDINGS)
_FREE_AT = _TOP_AT + len(_TOP_LEVEL)
_MOBILE_AT = _FREE_AT + len(FREE_MAIL)
_DIGITS_AT = _MOBILE_AT + len(COUNTRIES)


def emails(seed: int, accounts: I64, shape: npt.NDArray[np.uint8], domain: I64) -> pa.Array:
    """An address for each account: `shape` says how the local part is built, `domain` 0 is a free mailer.

    Shapes: 0 first.last, 1 firstlast0000, 2 firstlast, 3 first_last0000, 4 first0000, 5 first.0000last.
    """

    def draw(number: int) -> F64:
        return unit(seed, Salt.EMAIL, accounts, number)

    digits = _DIGITS_AT + below(10_000, draw(1))
    middle = np.select([np.isin(shape, (0, 5)), shape == 3], [_AT["."], _AT["_"]], 0)
    last = np.where(shape == 4, 0, _END_AT + below(len(ENDINGS), draw(2)))
    pieces = [
        _BEGIN_AT + below(len(BEGINNINGS), draw(3)),
        _BEGIN_AT + below(len(BEGINNINGS), draw(4)),
        middle,
        np.where(shape == 5, digits, 0),
        last,
        np.where(np.isin(shape, (1, 3, 4)), digits, 0),
        np.full(len(accounts), _AT["@"]),
        *_domains(domain, draw(5)),
    ]
    return join_pieces(_BANK, np.stack(pieces, axis=1))


def _domains(domain: I64, draws: F64) -> list[I64]:
    """Pieces of the domain: a free mailer's, or syllables that the domain's code fixes."""
    own = domain != 0
    free = _FREE_AT + choose([share for _, share in FREE_MAIL], draws)

    def word(first: int, count: int, number: int) -> I64:
        return np.where(own, first + below(count, unit(0, Salt.EMAIL, domain, number)), 0)

    head = np.where(own, _BEGIN_AT + below(len(BEGINNINGS), unit(0, Salt.EMAIL, domain, 1)), free)
    return [
        head,
        word(_BEGIN_AT, len(BEGINNINGS), 2),
        word(_BEGIN_AT, len(BEGINNINGS), 3),
        word(_END_AT, len(ENDINGS), 4),
        word(_TOP_AT, len(_TOP_LEVEL), 5),
    ]


def mail_domains(domain: I64) -> pa.Array:
    """The domains that these codes fix."""
    return join_pieces(_BANK, np.stack(_domains(domain, np.zeros(len(domain))), axis=1))


def phones(seed: int, accounts: I64, phone: I64, country: npt.NDArray[np.uint8]) -> pa.Array:
    """A mobile number for each account: 0 none, -1 its own, otherwise the one that the code fixes."""
    key = np.where(phone == -1, accounts, phone).astype(np.uint64)
    salt = np.where(phone == -1, 1, 2)
    number = fold(seed, Salt.PHONE, key, salt)
    high = (number % np.uint64(10_000)).astype(np.int64)
    low = ((number >> np.uint64(20)) % np.uint64(10_000)).astype(np.int64)
    start = _country_of(phone, country)
    short = pa.array(np.array([c.digits for c in COUNTRIES])[start] == 7)
    whole = join_pieces(_BANK, np.stack([_MOBILE_AT + start, _DIGITS_AT + high, _DIGITS_AT + low], axis=1))
    cut = pc.utf8_slice_codeunits(whole, 0, stop=-1)
    return pc.if_else(pa.array(phone == 0), pa.scalar(None, pa.string()), pc.if_else(short, cut, whole))


def shared_phones(seed: int, phone: I64) -> pa.Array:
    """The numbers that these codes (all above 0) fix in the world of this seed."""
    return phones(seed, phone, phone, np.zeros(len(phone), dtype=np.uint8))


def _country_of(phone: I64, country: npt.NDArray[np.uint8]) -> I64:
    """A shared number keeps one country, whatever the accounts say of themselves."""
    shared = below(len(COUNTRIES), unit(0, Salt.PHONE, phone, 3))
    return np.where(phone > 0, shared, country.astype(np.int64))
