#!/usr/bin/env bash
# Runs once, when the database volume is empty: two accounts, neither a superuser. "dashboard_owner" owns the tables
# and migrates; "dashboard" is the application, which gets its rights from each migration and owns nothing.
# CREATEDB: the owner makes the scratch database that a restore is rehearsed in.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --set password="$DATABASE_PASSWORD" --set owner_password="$DATABASE_OWNER_PASSWORD" \
    --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE dashboard_owner LOGIN CREATEDB PASSWORD :'owner_password';
CREATE ROLE dashboard LOGIN PASSWORD :'password';
CREATE DATABASE dashboard OWNER dashboard_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE dashboard FROM PUBLIC;
GRANT CONNECT ON DATABASE dashboard TO dashboard;
SQL
