# The production image: one image for web, engine, worker, beat and migrate (docker-compose.yml says which).
# Wheels only, no compiler; runs as an account without rights; the code in it cannot be written.
FROM python:3.13-slim-trixie

# A mirror, where the public index cannot be reached: docker build --build-arg PIP_INDEX_URL=…
ARG PIP_INDEX_URL

ENV PYTHONUNBUFFERED=1 \
    DATA_DIR=/data \
    DEMO=0 \
    HOST=0.0.0.0 \
    PORT=8000

RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin dashboard \
    && install -d -o dashboard -g dashboard /data /backup

# pg_dump and pg_restore for `manage.py backup` and `restore`, of the same version as the database; a font with
# Chinese characters for papers as PDF.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-17 fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app

# Before the code, so that a change of code does not install everything again.
COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --only-binary :all: --require-hashes -r requirements.txt

COPY . .
RUN python -m compileall -q . && runuser -u dashboard -- python manage.py collectstatic --noinput \
    # The key made for the line above must not become everybody's key.
    && rm -f /data/secret-key

USER dashboard
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["python", "deploy/healthcheck.py"]
CMD ["python", "manage.py", "serve", "--no-migrate", "--no-demo"]
