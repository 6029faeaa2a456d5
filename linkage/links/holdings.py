"""Who held what, as arrays: the form in which the kernels read the sightings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int32]
LongArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
ByteArray = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Holdings:
    """Every (account, identifier) that was seen, in compressed rows both ways.

    A *holding* is one account with one identifier; its number is its place in account order. `account_ptr` and
    `identifier` give an account's holdings (identifiers ascending), `identifier_ptr`, `holder` and `holding` give
    an identifier's holders (accounts ascending) with the number of the holding. `first`, `last` are hours since
    1970 (UTC), `count` is the number of sightings. `bucket_ptr` and `buckets` list the distinct hours of a holding,
    ascending, for kinds with a time window, and nothing for the others. `kind` is the number of an identifier's kind.
    """

    account_ptr: LongArray
    identifier: IntArray
    first: IntArray
    last: IntArray
    count: LongArray
    bucket_ptr: LongArray
    buckets: IntArray
    identifier_ptr: LongArray
    holder: IntArray
    holding: LongArray
    kind: ByteArray

    @property
    def accounts(self) -> int:
        """Number of accounts."""
        return len(self.account_ptr) - 1

    @property
    def identifiers(self) -> int:
        """Number of identifiers."""
        return len(self.identifier_ptr) - 1

    @property
    def owner(self) -> IntArray:
        """The account of each holding."""
        return np.repeat(np.arange(self.accounts, dtype=np.int32), np.diff(self.account_ptr))

    @property
    def degree(self) -> LongArray:
        """Accounts that ever held each identifier."""
        return np.diff(self.identifier_ptr)


def build_holdings(
    accounts: int,
    kind: ByteArray,
    account: IntArray,
    identifier: IntArray,
    first: IntArray,
    last: IntArray,
    count: LongArray,
    bucket_holding: LongArray,
    bucket: IntArray,
) -> Holdings:
    """Holdings from arrays sorted by (account, identifier), with their buckets sorted by (holding, bucket)."""
    identifiers = len(kind)
    account_ptr = np.zeros(accounts + 1, dtype=np.int64)
    np.cumsum(np.bincount(account, minlength=accounts), out=account_ptr[1:])
    identifier_ptr = np.zeros(identifiers + 1, dtype=np.int64)
    np.cumsum(np.bincount(identifier, minlength=identifiers), out=identifier_ptr[1:])
    # A stable sort keeps each identifier's holders in ascending account order.
    holding = np.argsort(identifier, kind="stable").astype(np.int64)
    bucket_ptr = np.zeros(len(account) + 1, dtype=np.int64)
    np.cumsum(np.bincount(bucket_holding, minlength=len(account)), out=bucket_ptr[1:])
    return Holdings(
        account_ptr=account_ptr,
        identifier=identifier,
        first=first,
        last=last,
        count=count,
        bucket_ptr=bucket_ptr,
        buckets=bucket,
        identifier_ptr=identifier_ptr,
        holder=account[holding],
        holding=holding,
        kind=kind,
    )
