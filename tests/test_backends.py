"""What goes to a database or Redis on another machine is sealed and checked, or the product does not start."""

import datetime
import ipaddress
import os

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config.backends import is_elsewhere, is_sealed, refuse_plain
from tests.processes import Postgres, Redis, environment, python

pytestmark = pytest.mark.control(57)


@pytest.mark.parametrize(
    ("address", "elsewhere"),
    [
        ("", False),
        ("postgres://a:b@127.0.0.1:5432/icd", False),
        ("postgres://a:b@localhost/icd", False),
        ("postgres://a:b@[::1]/icd", False),
        ("postgres://a:b@db:5432/icd", False),
        ("postgres://a:b@%2Frun%2Fpostgresql/icd", False),
        ("redis://:p@redis:6379/0", False),
        ("postgres://a:b@10.0.0.5/icd", True),
        ("postgres://a:b@db.example.gov/icd", True),
        ("redis://:p@10.0.0.6:6379/0", True),
        ("redis://:p@[fd00::6]:6379/0", True),
    ],
)
def test_another_machine_is_one_that_is_not_ours(address, elsewhere):
    assert is_elsewhere(address) is elsewhere


@pytest.mark.parametrize(
    ("address", "sealed"),
    [
        ("postgres://a:b@10.0.0.5/icd?sslmode=verify-full&sslrootcert=/ca.crt", True),
        ("postgres://a:b@10.0.0.5/icd?sslmode=require", False),
        ("postgres://a:b@10.0.0.5/icd?sslmode=verify-ca&sslrootcert=/ca.crt", False),
        ("postgres://a:b@10.0.0.5/icd?sslmode=verify-full&sslmode=disable", False),
        ("postgres://a:b@10.0.0.5/icd", False),
        ("rediss://:p@10.0.0.6/0?ssl_cert_reqs=required&ssl_ca_certs=/ca.crt", True),
        ("rediss://:p@10.0.0.6/0?ssl_cert_reqs=none", False),
        ("rediss://:p@10.0.0.6/0?ssl_cert_reqs=required&ssl_check_hostname=false", False),
        ("rediss://:p@10.0.0.6/0", False),
        ("redis://:p@10.0.0.6/0?ssl_cert_reqs=required", False),
    ],
)
def test_sealed_is_only_what_is_checked_with_its_name(address, sealed):
    assert is_sealed(address) is sealed


@pytest.mark.parametrize("name", ["DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL"])
def test_plain_text_between_machines_ends_the_start_with_one_sentence(name):
    scheme = "redis" if name == "REDIS_URL" else "postgres"
    given = {name: f"{scheme}://:secret@10.0.0.5/0"}

    with pytest.raises(SystemExit) as end:
        refuse_plain(is_decided=False, **given)

    assert name in str(end.value)
    assert "secret" not in str(end.value)
    refuse_plain(is_decided=True, **given)


def certified(folder):
    """A certificate for 127.0.0.1 that signs for itself: ca.crt, server.key; and a stranger's, other.crt."""
    now = datetime.datetime.now(datetime.UTC)
    for name in ("ca", "other"):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
            )
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
            .sign(key, hashes.SHA256())
        )
        (folder / f"{name}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        (folder / f"{name}.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))


class SealedPostgres(Postgres):
    """Takes nobody who comes without TLS."""

    certificates = None

    def _make_cluster(self):
        super()._make_cluster()
        for name in ("ca.crt", "ca.key"):
            file = self._cluster / name
            file.write_bytes((self.certificates / name).read_bytes())
            file.chmod(0o600)
            if self._account is not None:
                os.chown(file, self._account.pw_uid, self._account.pw_gid)
        (self._cluster / "pg_hba.conf").write_text(
            "hostssl all all 127.0.0.1/32 trust\nlocal all all trust\n"
        )
        with (self._cluster / "postgresql.conf").open("a") as more:
            more.write("ssl = on\nssl_cert_file = 'ca.crt'\nssl_key_file = 'ca.key'\n")


class SealedRedis(Redis):
    certificates = None

    def command(self):
        plain = super().command()
        at = plain.index("--port")
        plain[at : at + 2] = ["--port", "0", "--tls-port", str(self.port)]
        files = [
            ("--tls-cert-file", "ca.crt"),
            ("--tls-key-file", "ca.key"),
            ("--tls-ca-cert-file", "ca.crt"),
        ]
        for name, file in files:
            plain += [name, str(self.certificates / file)]
        return [*plain, "--tls-auth-clients", "no"]

    def is_ready(self):
        return "Ready to accept connections" in self.tail(20)


ASK = """
import asyncio, json
from channels.layers import get_channel_layer
from celery import current_app
from django.db import connection
from engine.monitoring.probes import _channel_layer

said = {}
def ask(name, act):
    try:
        said[name] = str(act())
    except Exception as error:
        said[name] = type(error).__name__

def database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        return cursor.fetchone()[0]

async def layer():
    layer = get_channel_layer()
    name = await layer.new_channel()
    await layer.group_add("g", name)
    await layer.group_send("g", {"type": "x"})
    return (await asyncio.wait_for(layer.receive(name), 5))["type"]

def broker():
    with current_app.connection_for_write() as line:
        line.ensure_connection(max_retries=1, timeout=5)
        return line.connected

ask("database", database)
ask("layer", lambda: asyncio.run(layer()))
ask("broker", broker)
def dumped():
    import os, subprocess
    from engine.backup import postgres_programs
    env = os.environ | postgres_programs._address()
    command = ["pg_dump", "--schema-only", "--no-password"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=30)
    return "PostgreSQL database dump complete" in done.stdout

ask("dump", dumped)
ask("probe", lambda: _channel_layer()["kind"])
print(json.dumps(said))
"""


@pytest.mark.production
@pytest.mark.fault
def test_everything_that_asks_them_does_it_over_tls_and_believes_no_stranger(tmp_path):
    import json

    certified(tmp_path)
    SealedPostgres.certificates = SealedRedis.certificates = tmp_path
    (tmp_path / "data").mkdir()
    with SealedPostgres(tmp_path / "pg") as postgres, SealedRedis(tmp_path / "redis") as redis:

        def asked(authority, sslmode="verify-full"):
            ca = tmp_path / authority
            env = environment(
                tmp_path / "data",
                DATABASE_URL=f"{postgres.url}?sslmode={sslmode}&sslrootcert={ca}",
                REDIS_URL=f"{redis.url.replace('redis://', 'rediss://')}?ssl_cert_reqs=required&ssl_ca_certs={ca}",
            )
            return json.loads(python(ASK, env=env).splitlines()[-1])

        assert asked("ca.crt") == {
            "database": "TLSv1.3",
            "layer": "x",
            "broker": "True",
            "dump": "True",
            "probe": "redis",
        }

        strange = asked("other.crt")
        assert strange["database"] == "OperationalError"
        # Programs of PostgreSQL that the product calls would take anybody's certificate by themselves.
        assert strange["dump"] == "False"
        assert {strange["layer"], strange["broker"], strange["probe"]}.isdisjoint({"x", "True", "redis"})

        assert asked("ca.crt", sslmode="disable")["database"] == "OperationalError"
