"""How a command ends: one line and the right exit code for whatever goes wrong, signals included."""

from __future__ import annotations

import errno
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import click
from click.exceptions import NoArgsIsHelpError

from linkage.cli.signals import listening
from linkage.errors import LinkageError, StoreError
from linkage.progress import JsonLines, LogFormat, one_line

BUG = 70
# What the system says of a disk or a file that will not take what we write.
_NO_WRITE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EFBIG}


@dataclass
class Session:
    """What the commands of one call share (the context's `obj`)."""

    debug: bool = False
    log_format: LogFormat = "text"
    received: signal.Signals | None = None

    def hear(self, received: signal.Signals) -> None:
        """Keeps the signal that asked us to end."""
        self.received = received


class CarefulGroup(click.Group):
    """A group whose failures are one line each."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Runs the command line and exits; `standalone_mode=False` is click's own behaviour."""
        name = prog_name or "linkage"
        if not standalone_mode:
            return super().main(args, name, complete_var, False, **extra)
        session = Session()
        extra.setdefault("obj", session)
        try:
            with listening(session.hear, lambda: _show_signal(session)):
                code = super().main(args, name, complete_var, False, **extra)
        except BaseException as error:
            if isinstance(error, SystemExit):
                raise
            _fail(error, session)
        sys.exit(code if isinstance(code, int) else 0)


def _fail(error: BaseException, session: Session) -> NoReturn:
    """Says what happened and exits."""
    if session.received is not None:
        # Whatever came up: DuckDB, for one, hides the signal's exception behind its own.
        _show_signal(session)
        sys.exit(128 + session.received)
    if isinstance(error, click.Abort):
        _say("interrupted", 128 + signal.SIGINT, session)
    if isinstance(error, NoArgsIsHelpError):
        error.show()
        sys.exit(error.exit_code)
    if isinstance(error, click.ClickException):
        _say(_usage(error), error.exit_code, session)
    if session.debug:
        traceback.print_exception(error)
    if isinstance(error, OSError) and error.errno in _NO_WRITE:
        where = f"{error.filename}: " if error.filename else ""
        error = StoreError(f"{where}cannot be used ({error.strerror})")
    if isinstance(error, LinkageError) and error.exit_code != BUG:
        _say(str(error), error.exit_code, session)
    if isinstance(error, MemoryError):
        _say("out of memory", StoreError.exit_code, session)
    _say(_bug(error, session), BUG, session)


def _usage(error: click.ClickException) -> str:
    message = error.format_message().rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{message} (see {context.command_path} --help)" if context else message


def _bug(error: BaseException, session: Session) -> str:
    told = f"a bug: {type(error).__name__}: {error}"
    if session.debug:
        return told
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="linkage-crash-", suffix=".txt", delete=False, encoding="utf-8"
        ) as kept:
            traceback.print_exception(error, file=kept)
    except OSError:
        return f"{told} (run it again with `linkage --debug …` to see where)"
    return f"{told} (the traceback is in {kept.name}; `linkage --debug …` shows it)"


def _show_signal(session: Session) -> None:
    if session.received is not None:
        word = "interrupted" if session.received is signal.SIGINT else "terminated"
        _show(f"{word} by {session.received.name}", 128 + session.received, session)


def _say(message: str, code: int, session: Session) -> NoReturn:
    _show(message, code, session)
    sys.exit(int(code))


def _show(message: str, code: int, session: Session) -> None:
    shown = one_line(message)
    if session.log_format == "json":
        JsonLines().emit("error", "failed", message=shown, exit_code=int(code))
    else:
        print(f"linkage: {shown}", file=sys.stderr, flush=True)
