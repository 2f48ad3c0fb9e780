#!/usr/bin/env bash
# Runs once, when the database volume is empty: the application gets an account that is no superuser.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --set password="$DATABASE_PASSWORD" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE dashboard LOGIN PASSWORD :'password';
CREATE DATABASE dashboard OWNER dashboard ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE dashboard FROM PUBLIC;
SQL
