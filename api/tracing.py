"""OpenTelemetry, where the extra `otel` is installed: a span an operation and one a verb of the reader.

Spans tell names, numbers and kinds of errors; never a value, an id of an account, a document or an error's text.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sized
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from api.errors import RefusedError
from linkage.engine.reader import Reader

try:
    from opentelemetry import context, propagate, trace
except ImportError:  # without the extra nothing is traced
    TRACING = False
else:
    TRACING = True

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

    from api.execute import Asked

_log = logging.getLogger("linkage.api")
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_NO_VERBS = frozenset({"run", "within", "cancel", "close"})


def export_spans() -> None:
    """Sends spans to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names; nowhere where it names none."""
    if not any(os.environ.get(name) for name in _ENDPOINTS):
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        _log.warning("a collector is named, but nothing is traced: pip install 'linkage[otel]'")
        return
    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "linkage-api"}
    provider = TracerProvider(resource=Resource.create(named))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


@contextlib.contextmanager
def operation(asked: Asked, headers: Mapping[str, str]) -> Iterator[None]:
    """The span of a request, in the trace that its headers name."""
    if not TRACING:
        yield
        return
    with _tracer().start_as_current_span(
        "query",
        context=propagate.extract(headers),
        kind=trace.SpanKind.SERVER,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        outcome: str | None = None
        try:
            yield
        except RefusedError as error:
            outcome = error.code
            if error.status >= 500:
                _failed(span, error)
            raise
        except Exception as error:
            _failed(span, error)
            raise
        finally:
            if asked.outcome == "INTERNAL":
                span.set_status(trace.StatusCode.ERROR)
            span.set_attributes(
                {
                    "graphql.operation.type": "query",
                    "graphql.operation.name": asked.operation,
                    "graphql.document.hash": asked.document,
                    "linkage.request.id": asked.request_id,
                    "linkage.role": str(asked.principal.role),
                    "linkage.outcome": outcome or asked.outcome,
                    "linkage.run": asked.run_id,
                    "linkage.cost": asked.cost,
                    "linkage.statements": asked.statements,
                }
            )


def traced(reader: Reader) -> Reader:
    """The reader, each of its verbs a span of the operation under way; itself where nothing is recorded."""
    if not TRACING or not trace.get_current_span().is_recording():
        return reader
    return cast("Reader", _Traced(reader))


class _Traced:
    """Verbs run in threads, which know nothing of the operation but what is kept here."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._parent = context.get_current()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._reader, name)
        return found if name in _NO_VERBS else self._verb(name, found)

    def _verb(self, name: str, verb: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(verb)
        def run(*arguments: Any, **options: Any) -> Any:
            with _tracer().start_as_current_span(
                f"reader.{name}",
                context=self._parent,
                kind=trace.SpanKind.CLIENT,
                attributes={"db.operation.name": name},
                record_exception=False,
                set_status_on_exception=False,
            ) as span:
                try:
                    found = verb(*arguments, **options)
                except Exception as error:
                    _failed(span, error)
                    raise
                rows = getattr(found, "rows", found)
                if isinstance(rows, Sized):
                    span.set_attribute("db.response.returned_rows", len(rows))
                return found

        return run


def _failed(span: Span, error: Exception) -> None:
    # The text of an exception may hold values: its type alone is told.
    span.set_attribute("error.type", type(error).__name__)
    span.set_status(trace.StatusCode.ERROR)


def _tracer() -> Tracer:
    return trace.get_tracer("linkage.api")
