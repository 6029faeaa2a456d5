"""`linkage serve`: the API over published runs. The one module that knows the package `api`."""

from __future__ import annotations

import ipaddress
from importlib.util import find_spec
from pathlib import Path

import click

from linkage.cli.options import Place, access_option, access_store, config_option, store_option
from linkage.errors import UsageError


@click.command()
@store_option
@access_option
@config_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="The port.")
@click.option(
    "--dev", is_flag=True, help="No credentials, introspection, a page to try queries. Loopback only."
)
@click.option("--introspection", is_flag=True, help="Let clients read the schema.")
@click.option(
    "--documents",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    metavar="FILE",
    help="Stored documents, a JSON list or object of texts; clients name them by their SHA-256.",
)
@click.option("--documents-only", is_flag=True, help="Run stored documents and nothing else.")
@click.option("--require-reason", is_flag=True, help="Personal data only with the header X-Linkage-Reason.")
@click.option(
    "--origin", "origins", multiple=True, metavar="URL", help="Web pages of this origin may call (CORS)."
)
@click.option("--jwt-issuer", envvar="LINKAGE_JWT_ISSUER", metavar="URL", help="Take JWTs of this issuer.")
@click.option("--jwt-audience", envvar="LINKAGE_JWT_AUDIENCE", metavar="NAME", help="… for this audience.")
@click.option("--jwks-url", envvar="LINKAGE_JWKS_URL", metavar="URL", help="… signed with these keys.")
@click.option("--jwt-algorithm", "algorithms", multiple=True, default=("RS256", "ES256"), show_default=True,
              help="… by these algorithms.")  # fmt: skip
def serve(
    store: Place,
    access: Path | None,
    config: Path | None,
    host: str,
    port: int,
    dev: bool,
    introspection: bool,
    documents: Path | None,
    documents_only: bool,
    require_reason: bool,
    origins: tuple[str, ...],
    jwt_issuer: str | None,
    jwt_audience: str | None,
    jwks_url: str | None,
    algorithms: tuple[str, ...],
) -> None:
    """Serves published runs as a GraphQL API, at /graphql; see docs/api.md.

    Clients need a key (`linkage keys create`) or a JWT of the issuer that is named here. Of the configuration only
    `[privacy] key_env` is read: with that key, pasted values are found among keyed identifiers. With --neo4j the runs
    are read from the server; keys, the audit log and the key of its identifiers stay in the folder of --store.
    """
    if dev and not _is_loopback(host):
        raise UsageError(f"--dev asks nobody for credentials and listens on loopback only, not on {host}")
    if documents_only and documents is None:
        raise UsageError("--documents-only needs --documents FILE")
    _need_extra()
    import uvicorn

    from api.app import create_app
    from api.settings import ApiSettings, TokenRules
    from api.telemetry import log_to_stderr
    from api.tracing import export_spans

    rules = None
    named = (jwt_issuer, jwt_audience, jwks_url)
    if any(named):
        if not (jwt_issuer and jwt_audience and jwks_url):
            raise UsageError("JWTs need all of --jwt-issuer, --jwt-audience and --jwks-url")
        rules = TokenRules(jwt_issuer, jwt_audience, jwks_url, algorithms)
    settings = ApiSettings(
        dev=dev,
        introspection=introspection,
        documents=None if documents is None else str(documents),
        documents_only=documents_only,
        require_reason=require_reason,
        origins=origins,
        token_rules=rules,
    )
    try:
        app = create_app(store.source(config), access_store(store.folder, access), settings)
    except ValueError as error:
        raise UsageError(str(error)) from error
    log_to_stderr()
    export_spans()
    if dev:
        click.echo(f"http://{host}:{port}/ without credentials, for this machine only (--dev)", err=True)
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=15,
        # Behind a proxy, what clients say of themselves is not believed.
        proxy_headers=False,
    )


def write_schema(out: Path) -> int:
    """Writes the SDL; the number of its lines."""
    _need_extra()
    from api.schema import schema_text

    text = schema_text()
    out.write_text(text, encoding="utf-8")
    return text.count("\n")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _need_extra() -> None:
    if any(find_spec(name) is None for name in ("fastapi", "limits", "strawberry", "uvicorn")):
        raise UsageError("the API is an extra: pip install 'linkage[api]'")
