# Builds the wheel, then installs it alone: no compiler, no tests and no root in what runs.
ARG PYTHON_IMAGE=python:3.12-slim

FROM ${PYTHON_IMAGE} AS build
WORKDIR /src
RUN python -m pip install --no-cache-dir --disable-pip-version-check 'build>=1.3'
COPY pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY linkage linkage
COPY api api
COPY cypher cypher
RUN python -m build --wheel --outdir /dist .

FROM ${PYTHON_IMAGE}
# The server runs in a container of its own: nothing of `neo4j-local` is installed here.
ARG EXTRAS=api,neo4j,otel
COPY constraints.txt /tmp/constraints.txt
COPY --from=build /dist/*.whl /tmp/
RUN wheel="$(ls /tmp/*.whl)" \
    && python -m pip install --no-cache-dir --disable-pip-version-check -c /tmp/constraints.txt "${wheel}[${EXTRAS}]" \
    && rm -f /tmp/*.whl /tmp/constraints.txt \
    && useradd --system --uid 10001 --user-group --home-dir /var/lib/linkage --create-home linkage
# Compiled loops are kept with the store: the second night does not compile them again.
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CACHE_DIR=/var/lib/linkage/numba \
    LINKAGE_STORE=/var/lib/linkage/store \
    LINKAGE_ACCESS=/var/lib/linkage/access.sqlite
WORKDIR /var/lib/linkage
VOLUME /var/lib/linkage
USER 10001:10001
ENTRYPOINT ["linkage"]
CMD ["--help"]
