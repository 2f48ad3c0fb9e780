#!/usr/bin/env bash
# Write .env for docker-compose.yml: the example with a host name, fresh random secrets and a web process for each core.
# Never overwrites one.
#
#   deploy/make-env.sh dashboard.example.gov
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

host=${1:-}
if [[ -z $host ]]; then
    echo "usage: deploy/make-env.sh HOST-NAME" >&2
    exit 2
fi
if [[ -e .env ]]; then
    echo ".env exists and was not changed: its secrets are in use. Move it away first if you want a new one." >&2
    exit 1
fi

secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

processes=$(deploy/web-processes.sh)

umask 077
sed -e "s/^ALLOWED_HOSTS=.*/ALLOWED_HOSTS=$host/" \
    -e "s#^CSRF_TRUSTED_ORIGINS=.*#CSRF_TRUSTED_ORIGINS=https://$host#" \
    -e "s/^SECRET_KEY=.*/SECRET_KEY=$(secret)/" \
    -e "s/^SIGNING_KEY=.*/SIGNING_KEY=$(secret)/" \
    -e "s/^DATABASE_PASSWORD=.*/DATABASE_PASSWORD=$(secret)/" \
    -e "s/^DATABASE_OWNER_PASSWORD=.*/DATABASE_OWNER_PASSWORD=$(secret)/" \
    -e "s/^POSTGRES_PASSWORD=.*/POSTGRES_PASSWORD=$(secret)/" \
    -e "s/^REDIS_PASSWORD=.*/REDIS_PASSWORD=$(secret)/" \
    -e "s/^# WEB_PROCESSES=.*/WEB_PROCESSES=$processes/" \
    .env.example >.env
echo "Wrote .env (readable by you alone). Keep a copy apart from the backups: whoever has both can read what is sealed in them."
