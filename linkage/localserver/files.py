"""Folders, locks and failures to write, as the local server needs them."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from linkage.errors import LockedError, StoreError

_WAIT = 0.2


def user_folder(variable: str, fallback: str) -> Path:
    """A folder for this user as the XDG base directories have it: `$variable`, else `~/fallback`."""
    base = os.environ.get(variable, "")
    return (Path(base) if base.startswith("/") else Path.home() / fallback) / "linkage"


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turns a failure to write into one clear line."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreError(f"no room left for {folder}") from error
        raise StoreError(f"{folder} cannot be written: {error.strerror or error}") from error


@contextlib.contextmanager
def locked(path: Path, seconds: float) -> Iterator[None]:
    """Holds a lock file; waits for whoever holds it, LockedError after so many seconds."""
    with writing(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        until = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if time.monotonic() > until:
                    raise LockedError(f"another process holds {path}") from error
                time.sleep(_WAIT)
        yield
    finally:
        os.close(handle)
