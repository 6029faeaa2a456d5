"""One request from its body to its answer: bounded, pinned to a run, resolved, audited, masked."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from inspect import isawaitable
from typing import Any, cast

from graphql import ExecutionResult, GraphQLError, GraphQLSchema, execute
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from strawberry.execution import optimized_is_awaitable

from api.auth import Principal
from api.context import Context
from api.documents import Documents, Prepared, arguments
from api.errors import ApiError, RefusedError
from api.opaque import Sealer
from api.plain import PlainExecutor
from api.registry import Registry
from api.settings import ApiSettings
from api.tracing import traced
from linkage.access import AccessStore, AuditEntry
from linkage.engine.reader import ReaderSource
from linkage.errors import ServerError, StoreError, TimeoutExceededError

_log = logging.getLogger("linkage.api")
#: So much longer than its statements a request may live: what they gave has still to be written.
_GRACE_SECONDS = 0.5
_REASON_LENGTH = 500
_UNREACHABLE = "the database cannot be reached"
MASKED = "something went wrong; the request's id leads to it"


@dataclass
class Asked:
    """A request as it came, and what became of it, for logs and metrics."""

    request_id: str
    principal: Principal
    body: Mapping[str, Any]
    run_header: str | None = None
    reason: str = ""
    outcome: str = "OK"
    operation: str = "-"
    document: str = ""
    run_id: str = ""
    cost: int = 0
    statements: int = 0
    personal: int = 0
    began: float = field(default_factory=time.monotonic)


class Service:
    """Answers requests; one a process."""

    def __init__(
        self,
        schema: GraphQLSchema,
        source: ReaderSource,
        access: AccessStore,
        settings: ApiSettings,
        documents: Documents,
        executor: Executor,
        sealer: Sealer,
    ) -> None:
        self._schema = schema
        self._source = source
        self._access = access
        self._settings = settings
        self._documents = documents
        self._executor = executor
        self._sealer = sealer
        self.registry = Registry(source, executor)
        # The storage for threads starts one of them for every hit.
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._rate = RateLimitItemPerMinute(settings.bounds.cost_a_minute)

    async def answer(self, asked: Asked) -> dict[str, Any]:
        """The response's body; RefusedError for what is not run at all."""
        body = asked.body
        if unknown := set(body) - {"query", "documentId", "variables", "operationName", "extensions"}:
            raise RefusedError(400, "BAD_REQUEST", f"the body has {len(unknown)} unknown member(s)")
        variables = body.get("variables") or {}
        name = body.get("operationName") or None
        if not isinstance(variables, dict) or not isinstance(name, str | None):
            raise RefusedError(400, "BAD_REQUEST", "variables must be an object, operationName text")
        text = self._documents.text(body.get("query"), body.get("documentId"))
        prepared = self._documents.prepare(text, variables, name)
        asked.operation, asked.document = prepared.name[:60], prepared.digest
        asked.cost = prepared.measure.cost
        await self._charge(asked)
        run_id = self._run_of(prepared, variables, asked.run_header)
        try:
            async with self.registry.lend(run_id) as reader:
                asked.run_id = reader.run.run_id
                seconds = self._settings.bounds.seconds
                carried = Context(
                    principal=asked.principal,
                    reader=traced(reader.within(seconds)),
                    executor=self._executor,
                    sealer=self._sealer,
                    bounds=self._settings.bounds,
                    ledger=self._source.runs,
                )
                try:
                    result = await self._execute(prepared, variables, carried)
                except BaseException:
                    # Out of time, or nobody waits for it any more.
                    await carried.give_up()
                    raise
                asked.statements, asked.personal = carried.statements, carried.personal_total
                await self._audit(asked, carried)
        except TimeoutError as error:
            raise RefusedError(504, "TIMEOUT", "the request took too long and was cancelled") from error
        except StoreError as error:
            if run_id is not None:
                raise RefusedError(404, "RUN_NOT_FOUND", "there is no published run of this id") from error
            raise RefusedError(503, "UNAVAILABLE", "there is no published run to read") from error
        except ServerError as error:
            raise RefusedError(503, "UNAVAILABLE", _UNREACHABLE) from error
        answer: dict[str, Any] = {"data": result.data}
        if result.errors:
            answer["errors"] = [self._shown(error, asked) for error in result.errors]
        answer["extensions"] = {**carried.extensions(), "cost": asked.cost, "requestId": asked.request_id}
        return answer

    async def _execute(
        self, prepared: Prepared, variables: dict[str, Any], carried: Context
    ) -> ExecutionResult:
        result = execute(
            self._schema,
            prepared.document,
            context_value=carried,
            variable_values=variables,
            operation_name=prepared.operation.name.value if prepared.operation.name else None,
            hide_suggestions=not self._settings.introspection,
            max_coercion_errors=3,
            is_awaitable=cast("Any", optimized_is_awaitable),
            executor_class=PlainExecutor,
        )
        if isawaitable(result):
            return await asyncio.wait_for(result, self._settings.bounds.seconds + _GRACE_SECONDS)
        return result

    async def _charge(self, asked: Asked) -> None:
        # Every request costs something, whatever it asks for.
        cost = max(asked.cost, 10)
        if not await self._limiter.hit(self._rate, asked.principal.name, cost=cost):
            window = await self._limiter.get_window_stats(self._rate, asked.principal.name)
            wait = max(1, math.ceil(window.reset_time - time.time()))
            raise RefusedError(
                429, "RATE_LIMITED", "too much was asked for in the last minute", {"Retry-After": str(wait)}
            )

    def _run_of(self, prepared: Prepared, variables: Mapping[str, Any], header: str | None) -> str | None:
        """The one run that the request names, in its header, its arguments or its cursors; None for the published."""
        named = {header} if header else set()
        for argument, value in arguments(prepared.document, ("run", "after"), variables):
            if argument == "run":
                named.add(value)
                continue
            try:
                run_id = self._sealer.open("cursor", value)[0]
            except (ValueError, TypeError, LookupError):
                continue  # the field says so, with its place
            named.add(str(run_id))
        if len(named) > 1:
            raise RefusedError(
                400, "SEVERAL_RUNS", "a request reads one run: its cursors, arguments and header differ"
            )
        return next(iter(named), None)

    async def _audit(self, asked: Asked, carried: Context) -> None:
        if not carried.personal_total:
            return
        if self._settings.require_reason and not asked.reason.strip():
            raise RefusedError(
                403, "REASON_NEEDED", "personal data needs a reason in the header X-Linkage-Reason"
            )
        entry = AuditEntry(
            at=datetime.now(UTC),
            request_id=asked.request_id,
            principal=asked.principal.name,
            role=str(asked.principal.role),
            operation=asked.operation,
            document=asked.document,
            run_id=asked.run_id,
            objects=tuple(carried.personal),
            total=carried.personal_total,
            reason=asked.reason[:_REASON_LENGTH],
        )
        try:
            await asyncio.get_running_loop().run_in_executor(self._executor, self._access.record, entry)
        except StoreError as error:
            # Nobody reads personal data unseen.
            _log.exception("the audit log cannot be written")
            raise RefusedError(503, "UNAVAILABLE", "the audit log cannot be written") from error

    def _shown(self, error: GraphQLError, asked: Asked) -> dict[str, Any]:
        """An error as clients see it: ours as it is, all others masked."""
        cause = error.original_error
        if isinstance(error, ApiError) or isinstance(cause, ApiError):
            code, message = (error.extensions or {}).get("code", "BAD_INPUT"), error.message
        elif cause is None or isinstance(cause, GraphQLError) or not error.path:
            code, message = "BAD_INPUT", error.message[:300]
        elif isinstance(cause, TimeoutExceededError):
            code, message = "TIMEOUT", "the request took too long and was cancelled"
        elif isinstance(cause, ServerError):
            code, message = "UNAVAILABLE", _UNREACHABLE
        elif isinstance(cause, StoreError):
            code, message = "RUN_NOT_FOUND", "the run cannot be read any more"
        else:
            code, message = "INTERNAL", MASKED
            # The text of an exception may hold values: its type and place are enough to find it.
            _log.error(
                "internal error",
                extra={"request_id": asked.request_id, "cause": type(cause).__name__, "where": where(cause)},
            )
        asked.outcome = str(code)
        shown: dict[str, Any] = {
            "message": message,
            "extensions": {"code": code, "requestId": asked.request_id},
        }
        if error.path:
            shown["path"] = error.path
        if error.locations:
            shown["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
        return shown


def where(error: BaseException) -> str:
    """File and line that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
