"""Whether what goes to database and Redis is sealed on its way: between two machines it has to be.

On one machine, and between the containers of one (a name without a dot), the network is the machine's own.
"""

import sys
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit


def refuse_plain(*, is_decided: bool, **addresses: str) -> None:
    """End with one sentence if an address, by the name of its variable, leads to another machine in plain text.

    `is_decided`: the operator has written down that it may (PLAIN_BACKENDS=1).
    """
    for name, address in addresses.items():
        if not is_decided and is_elsewhere(address) and not is_sealed(address):
            how = (
                "sslmode=verify-full&sslrootcert=/…/ca.crt"
                if _is_postgres(address)
                else "rediss://…?ssl_cert_reqs=required&ssl_ca_certs=/…/ca.crt"
            )
            sys.exit(
                f"{name} leads to another machine in plain text, where passwords and everything else can be read on the way. "
                f"Use TLS with its name checked ({how}), or decide otherwise in writing and set PLAIN_BACKENDS=1. Not started."
            )


def is_elsewhere(address: str) -> bool:
    """Whether another machine answers there. Empty, a socket's path or a name without a dot: no."""
    host = urlsplit(address).hostname or ""
    if not host or host.startswith(("/", "%2f")) or host == "localhost":
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return "." in host


def is_sealed(address: str) -> bool:
    """Whether it is TLS, and the certificate is checked with its name: the last of a word that is given twice counts."""
    parts = urlsplit(address)
    asked = {name: values[-1].lower() for name, values in parse_qs(parts.query).items()}
    if _is_postgres(address):
        return asked.get("sslmode") == "verify-full"
    is_checked = asked.get("ssl_cert_reqs") in ("required", "cert_required")
    return (
        parts.scheme == "rediss"
        and is_checked
        and asked.get("ssl_check_hostname", "true") in ("true", "1", "yes")
    )


def _is_postgres(address: str) -> bool:
    return urlsplit(address).scheme.startswith(("postgres", "psql", "pgsql"))
