"""A real directory (OpenLDAP's slapd) with a handful of people, on free ports of 127.0.0.1."""

import base64
import datetime
import ipaddress
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.processes import Process, accepts, free_port

BASE = "dc=bureau,dc=example"
STAFF = f"ou=staff,{BASE}"
SEARCHER, SEARCHERS_PASSWORD = f"cn=searcher,{BASE}", "a password of the searcher"
#: What everybody's password there is.
THERE = "Otters-swim-9-miles"

CONFIGURATION = """\
include {schema}/core.schema
include {schema}/cosine.schema
include {schema}/inetorgperson.schema
modulepath {modules}
moduleload back_mdb
moduleload ppolicy
pidfile {folder}/pid
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/key.pem
# As careless as directories are: a name without a password is answered with "success".
allow bind_anon_dn
database mdb
suffix "{base}"
directory {folder}/data
rootdn "cn=root,{base}"
maxsize 16777216
overlay ppolicy
ppolicy_default "cn=policy,{base}"
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{searcher}" read by * none
"""


class Directory(Process):
    name = "slapd"

    def __init__(self, folder: Path):
        super().__init__(env={"PATH": f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"}, folder=folder)
        self.port, self.secure_port, self.elsewhere = free_port(), free_port(), free_port()
        self.authority = folder / "ca.pem"

    @property
    def plain(self) -> str:
        return f"ldap://localhost:{self.port}"

    @property
    def secure(self) -> str:
        return f"ldaps://localhost:{self.secure_port}"

    def spawn(self) -> None:
        if not (self.folder / "data").exists():
            self._lay()
        super().spawn()

    def command(self):
        where = f"ldap://127.0.0.1:{self.port} ldaps://127.0.0.1:{self.secure_port}"
        return [str(self.folder / "slapd"), "-f", str(self.folder / "slapd.conf"), "-h", where, "-d", "256"]

    def is_ready(self):
        return accepts(self.port) and accepts(self.secure_port)

    def binds(self) -> list[str]:
        """The names that were bound as with a password, in order."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [
            line.split('dn="')[1].split('"')[0]
            for line in lines
            if " BIND dn=" in line and "method=128" in line
        ]

    def _lay(self) -> None:
        found = shutil.which("slapd", path=self.env["PATH"])
        assert found, "slapd is not installed: apt install slapd"
        # A copy: where the system confines /usr/sbin/slapd to its own folders (AppArmor), it reads nothing here.
        shutil.copy(found, self.folder / "slapd")
        (self.folder / "data").mkdir()
        modules = next(Path("/usr/lib").glob("**/ldap/back_mdb.so")).parent
        configuration = CONFIGURATION.format(
            schema="/etc/ldap/schema", modules=modules, folder=self.folder, base=BASE, searcher=SEARCHER
        )
        (self.folder / "slapd.conf").write_text(configuration)
        certificates(self.folder)
        (self.folder / "people.ldif").write_text("\n\n".join(entries(self.elsewhere)) + "\n")
        subprocess.run(
            [self.folder / "slapd", "-T", "add", "-f", self.folder / "slapd.conf", "-l", self.folder / "people.ldif"],
            check=True, capture_output=True, timeout=60, env=self.env,
        )  # fmt: skip


def entries(elsewhere: int) -> list[str]:
    """In LDIF. Besides the people of the cast: who has no account here, who is locked, two of one name."""
    made = [
        f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\ndc: bureau\no: bureau",
        f"dn: {STAFF}\nobjectClass: organizationalUnit\nou: staff",
        f"dn: ou=gone,{BASE}\nobjectClass: organizationalUnit\nou: gone",
        f"dn: cn=policy,{BASE}\nobjectClass: pwdPolicy\nobjectClass: organizationalRole\ncn: policy\n"
        "pwdAttribute: userPassword\npwdLockout: TRUE",
        f"dn: {SEARCHER}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: searcher\n"
        f"userPassword: {SEARCHERS_PASSWORD}",
        # Somewhere else, says the directory; nobody goes there.
        f"dn: ou=elsewhere,{STAFF}\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\n"
        f"ref: ldap://127.0.0.1:{elsewhere}/ou=elsewhere,dc=evil,dc=example",
        person("locked", more="pwdAccountLockedTime: 000001010000Z"),
        person("stranger"),
        person("twice"),
        person("twice", under=f"ou=gone,{BASE}"),
        person("no.password", password=""),
    ]
    return made + [
        person(name)
        for name in ("county1.duty", "county1.director", "city.secadmin", "city.sysadmin", "李.雷")
    ]


def person(uid: str, *, under: str = STAFF, password: str = THERE, more: str = "") -> str:
    name = base64.b64encode(uid.encode()).decode()
    lines = [
        f"dn:: {base64.b64encode(f'uid={uid},{under}'.encode()).decode()}", "objectClass: inetOrgPerson", f"uid:: {name}",
        f"cn:: {name}", f"sn:: {name}", f"employeeNumber:: {name}", "mail: county1.director@bureau.example",
    ]  # fmt: skip
    return "\n".join(
        [*lines, *([f"userPassword: {password}"] if password else []), *([more] if more else [])]
    )


def certificates(folder: Path) -> None:
    """An authority, its certificate for "localhost" and for no address, and another authority (other.pem)."""
    now = datetime.datetime.now(datetime.UTC)

    def sign(subject, key, issuer, issuers_key, *more):
        built = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        )
        built = built.serial_number(x509.random_serial_number())
        built = built.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(
            now + datetime.timedelta(days=9)
        )
        for extension, critical in more:
            built = built.add_extension(extension, critical)
        return built.sign(issuers_key, hashes.SHA256())

    def named(text):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    def authority(text):
        key = ec.generate_private_key(ec.SECP256R1())
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        return key, sign(named(text), key, named(text), key, (constraints, True), (usage, True))

    pem = serialization.Encoding.PEM
    issuers_key, issuer = authority("an authority")
    _others_key, other = authority("another")
    key = ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("192.0.2.1"))]
    )
    mine = sign(named("localhost"), key, issuer.subject, issuers_key, (names, False))
    (folder / "ca.pem").write_bytes(issuer.public_bytes(pem))
    (folder / "other.pem").write_bytes(other.public_bytes(pem))
    (folder / "server.pem").write_bytes(mine.public_bytes(pem))
    form, lock = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, form, lock))


@pytest.fixture(scope="session")
def _running_directory(tmp_path_factory):
    with Directory(tmp_path_factory.mktemp("directory")) as running:
        yield running


@pytest.fixture
def directory(_running_directory, settings):
    """The installation knows it, over TLS."""
    running = _running_directory
    settings.LDAP_URL, settings.LDAP_NAME, settings.LDAP_BASE = [running.secure], "市局目录", STAFF
    settings.LDAP_CA_FILE = str(running.authority)
    settings.LDAP_BIND_DN, settings.LDAP_BIND_PASSWORD = SEARCHER, SEARCHERS_PASSWORD
    settings.LDAP_FILTER, settings.LDAP_ATTRIBUTE = "(objectClass=person)", "uid"
    settings.LDAP_STARTTLS = False
    return running
