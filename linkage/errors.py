"""Errors that a person can act on; each carries the exit code that the command line returns for it."""

from __future__ import annotations


class LinkageError(Exception):
    """An expected failure: one clear line for the user and a `sysexits`-style exit code, never a traceback."""

    exit_code = 70


class UsageError(LinkageError):
    """The command line or the configuration is wrong (exit 2)."""

    exit_code = 2


class InputError(LinkageError):
    """Input broke its contract: a missing column, an unreadable file, too many bad rows (exit 65)."""

    exit_code = 65


class StoreError(LinkageError):
    """The store cannot be read or written: missing, read-only, full, or without a published run (exit 73)."""

    exit_code = 73


class UnknownRunError(StoreError):
    """A run was named that is not there or was never published (exit 2): the name is wrong, the store is sound."""

    exit_code = 2


class GateError(LinkageError):
    """A gate refused to publish what a night found (exit 76); what was published before stays."""

    exit_code = 76


class LockedError(LinkageError):
    """Another run holds the store's lock (exit 75)."""

    exit_code = 75


class TimeoutExceededError(LinkageError):
    """A reader's statement was cancelled because its time ran out (exit 70: no command sets a limit)."""


class ServerError(LinkageError):
    """A server is unreachable, refuses us, or lacks what we need of it (exit 69)."""

    exit_code = 69
