"""The application: routes, headers, and what is refused before GraphQL sees it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import Authenticator, SigningKey
from api.documents import Documents, stored_documents
from api.errors import RefusedError
from api.execute import MASKED, Asked, Service, where
from api.opaque import Sealer
from api.schema import build_schema, schema_text
from api.settings import ApiSettings, Bounds
from api.telemetry import Telemetry
from api.tracing import operation
from linkage.access import AccessStore
from linkage.engine.reader import ReaderSource
from linkage.errors import LinkageError, ServerError
from linkage.explain import compile_ahead

_log = logging.getLogger("linkage.api")
#: The version of the schema, told by /readyz; a breaking change raises it.
SCHEMA_VERSION = 1
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class _Strict:
    """An id and strict headers on every response, those of errors too; what nobody expected is masked."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        answered = False

        async def strict(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, strict)
        except Exception as error:
            if answered:
                raise
            cause = {"request_id": request_id, "cause": type(error).__name__, "where": where(error)}
            # Without its text, which may hold values.
            _log.error("internal error", extra=cause)
            await _refusal(RefusedError(500, "INTERNAL", MASKED), request_id)(scope, receive, strict)


def create_app(
    source: ReaderSource,
    access: AccessStore,
    settings: ApiSettings | None = None,
    *,
    signing_key: SigningKey | None = None,
) -> FastAPI:
    """The API over whoever opens readers. `signing_key` stands in for the issuer's JWKS."""
    settings = settings or ApiSettings()
    access.prepare()
    executor = ThreadPoolExecutor(settings.workers, thread_name_prefix="linkage-api")
    schema = build_schema()
    introspection = settings.introspection or settings.dev
    documents = Documents(
        schema,
        settings.bounds,
        introspection=introspection,
        stored=stored_documents(Path(settings.documents)) if settings.documents else None,
        stored_only=settings.documents_only,
    )
    service = Service(schema, source, access, settings, documents, executor, Sealer(access.secret()))
    authenticator = Authenticator(settings, access, executor, signing_key)
    telemetry = Telemetry()

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # The first request of the day should not be the one that opens the run, nor the first explanation the one
        # that compiles: that takes longer than a request may, and holds up all others.
        await asyncio.get_running_loop().run_in_executor(executor, compile_ahead)
        with contextlib.suppress(LinkageError):
            async with service.registry.lend():
                pass
        yield
        await service.registry.close()
        executor.shutdown(wait=True)

    app = FastAPI(title="linkage", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.service, app.state.telemetry = service, telemetry
    if settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.origins),
            allow_methods=["POST"],
            allow_headers=["authorization", "content-type", "x-linkage-run", "x-linkage-reason"],
        )
    if settings.dev:
        # Without credentials, the name by which a browser came is all that keeps foreign pages out.
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1", "[::1]"])
    app.add_middleware(_Strict)

    def refused(request: Request, error: RefusedError) -> Response:
        telemetry.refused(error, request.state.request_id)
        return _refusal(error, request.state.request_id)

    @app.post("/graphql")
    async def graphql(request: Request) -> Response:
        request_id = request.state.request_id
        try:
            principal = await authenticator.principal(request.headers.get("authorization"), "graphql")
        except RefusedError as error:
            return refused(request, error)
        asked = Asked(
            request_id=request_id,
            principal=principal,
            body={},
            run_header=request.headers.get("x-linkage-run"),
            reason=request.headers.get("x-linkage-reason", ""),
        )
        status = 500
        try:
            with telemetry.running.track_inprogress(), operation(asked, request.headers):
                asked.body = await _body(request, settings.bounds)
                answer = await _while_there(request, service.answer(asked))
            response: Response = JSONResponse(answer, headers={"X-Request-Id": request_id})
            status = 200
        except RefusedError as error:
            asked.outcome, status = error.code, error.status
            response = _refusal(error, request_id)
        except Exception:
            asked.outcome = "INTERNAL"
            raise
        finally:
            telemetry.finished(asked, status)
        return response

    @app.exception_handler(HTTPException)
    async def elsewhere(request: Request, error: Exception) -> Response:
        """No such path, or not by this method: said as all errors are."""
        headers = dict(getattr(error, "headers", None) or {})
        where = "queries are sent to /graphql by POST"
        said = RefusedError(404, "NOT_FOUND", where, headers)
        if isinstance(error, HTTPException) and error.status_code == 405:
            said = RefusedError(405, "METHOD_NOT_ALLOWED", where, headers)
        return refused(request, said)

    @app.get("/healthz")
    async def healthz() -> Response:
        return PlainTextResponse("ok\n")

    @app.get("/readyz")
    async def readyz() -> Response:
        try:
            await service.registry.reach()
            async with service.registry.lend() as reader:
                run = reader.run
        except LinkageError as error:
            why = "the database cannot be reached" if isinstance(error, ServerError) else "no run can be read"
            return JSONResponse({"ready": False, "schema": SCHEMA_VERSION, "why": why}, 503)
        age = (datetime.now(UTC) - (run.finished_at or run.started_at)).total_seconds()
        telemetry.age.set(age)
        said = {"ready": True, "schema": SCHEMA_VERSION, "run": run.run_id, "ageSeconds": round(age)}
        return JSONResponse(said | {"stale": age > settings.stale_hours * 3600})

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        try:
            await authenticator.principal(request.headers.get("authorization"), "metrics")
        except RefusedError as error:
            return refused(request, error)
        content, media = telemetry.text()
        return Response(content, media_type=media)

    if settings.dev:
        _add_page(app)
    return app


async def _while_there(request: Request, answering: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    """The answer, unless the client goes away first: then its work is cancelled."""
    answer = asyncio.ensure_future(answering)
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        answer.cancel()
        # Whatever it ends with: nobody is left to hear it.
        await asyncio.gather(answer, return_exceptions=True)
        raise _left()
    finally:
        answer.cancel()
        gone.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _left() -> RefusedError:
    return RefusedError(499, "CLIENT_GONE", "the client went away")


async def _body(request: Request, bounds: Bounds) -> dict[str, Any]:
    """The body as an object: JSON only, so that no form of another page can send it."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise RefusedError(415, "UNSUPPORTED_MEDIA_TYPE", "the body must be application/json")
    most = bounds.request_bytes
    too_large = RefusedError(413, "TOO_LARGE", f"the body is too large: at most {most:,} bytes")
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > most:
        raise too_large
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(bounds.seconds):
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise too_large
                parts.append(part)
    except TimeoutError:
        raise RefusedError(408, "TIMEOUT", "the body took too long", {"Connection": "close"}) from None
    except ClientDisconnect:
        raise _left() from None
    try:
        body = json.loads(b"".join(parts).decode("utf-8"))
        # Halves of characters can be written in JSON and nowhere else.
        json.dumps(body, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise RefusedError(400, "BAD_REQUEST", "the body is not JSON") from None
    if not isinstance(body, dict):
        raise RefusedError(400, "BAD_REQUEST", "the body must be one object: there is no batching")
    return body


def _refusal(error: RefusedError, request_id: str) -> Response:
    shown = {"message": error.message, "extensions": {"code": error.code, "requestId": request_id}}
    return JSONResponse(
        {"errors": [shown]}, error.status, headers={"X-Request-Id": request_id, **error.headers}
    )


def _add_page(app: FastAPI) -> None:
    """The page to try queries on, offline: a few files of our own, and the schema."""
    static = resources.files("api").joinpath("static")
    media = {".js": "text/javascript", ".css": "text/css"}
    files = {
        file.name: (file.read_text(encoding="utf-8"), media[Path(file.name).suffix])
        for file in static.iterdir()
        if Path(file.name).suffix in media
    }
    files["schema.graphql"] = (schema_text(), "text/plain; charset=utf-8")

    @app.get("/")
    async def page() -> Response:
        text = static.joinpath("try.html").read_text(encoding="utf-8")
        return HTMLResponse(text, headers={"Content-Security-Policy": _PAGE_POLICY})

    @app.get("/static/{name}")
    async def file(name: str) -> Response:
        if name not in files:
            return PlainTextResponse("not found\n", 404)
        content, kind = files[name]
        return Response(content, media_type=kind)
