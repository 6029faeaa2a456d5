"""SIGINT and SIGTERM: an exception where Python runs, an end after a grace period where it does not."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
GRACE = 5.0
"""Seconds for the work to end by itself."""


class Ended(BaseException):
    """A signal asked us to end; not an Exception, so that nothing swallows it on the way out."""


@contextmanager
def listening(heard: Callable[[signal.Signals], None], forced: Callable[[], None]) -> Iterator[None]:
    """Raises `Ended` in the main thread on either signal; `heard` is told first.

    A long call into native code (a DuckDB query) does not come back to Python, so no exception can reach it:
    after the grace period, or on a second signal, `forced` is called and the process ends where it is. That
    is safe: a store shows a run only once it is whole, and the next run clears what this one left.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def receive(number: int, frame: FrameType | None) -> NoReturn:
        heard(signal.Signals(number))
        raise Ended(f"ended by {signal.Signals(number).name}")

    inner, outer = socket.socketpair()
    outer.setblocking(False)
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(inner, over, heard, forced), daemon=True)
    watcher.start()
    wakeup = signal.set_wakeup_fd(outer.fileno(), warn_on_full_buffer=False)
    before = {one: signal.signal(one, receive) for one in _SIGNALS}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        signal.set_wakeup_fd(wakeup)
        over.set()
        outer.close()
        watcher.join()
        inner.close()


def _watch(
    wire: socket.socket,
    over: threading.Event,
    heard: Callable[[signal.Signals], None],
    forced: Callable[[], None],
) -> None:
    """Reads the numbers of arriving signals, which Python writes even while native code runs."""
    asked: int | None = None
    while not over.is_set():
        try:
            number = wire.recv(1)
        except TimeoutError:
            number = b"\x00"
        if not number:
            return
        if asked is not None:
            break
        if number[0] in _SIGNALS:
            asked = number[0]
            wire.settimeout(GRACE)
    if asked is None or over.is_set():
        return
    heard(signal.Signals(asked))
    forced()
    sys.stderr.flush()
    os._exit(128 + asked)
