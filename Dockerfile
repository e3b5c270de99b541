# Truceline's services in one image: workers, command line, migrations.
#
# Debian-based: no musl wheels exist for what the engines come from. Everything is installed by hash
# from the lock files; the project itself is built by the build back end of the development lock, in
# a stage that is thrown away. Examples are not in the image: mount them.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements/runtime.lock requirements/dev.lock requirements/
RUN python -m venv /opt/truceline \
    && /opt/truceline/bin/python -m pip install --require-hashes -r requirements/runtime.lock \
    && python -m venv /opt/build \
    && /opt/build/bin/python -m pip install --require-hashes -r requirements/dev.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY geo geo
COPY streams streams
COPY services services
COPY migrations migrations
RUN /opt/build/bin/python -m hatchling build -t wheel -d /dist \
    && /opt/truceline/bin/python -m pip install --no-deps --no-index /dist/truceline-*.whl

FROM python:3.11-slim-bookworm
COPY --from=build /opt/truceline /opt/truceline
COPY LICENSE NOTICE /usr/share/doc/truceline/
ENV PATH=/opt/truceline/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    TRUCELINE_HOME=/tmp/truceline
WORKDIR /tmp
USER 1000:1000
CMD ["python", "-m", "services.worker"]
