"""The secret in the address: signed, kept only as a hash; and the page's own token, so that a look answers nothing."""

import base64
import hashlib
from datetime import timedelta

from django.core.signing import BadSignature, Signer, TimestampSigner
from django.utils.crypto import salted_hmac

_signer = Signer(sep=".", salt="command.links")
_page_signer = TimestampSigner(salt="command.links.page")
#: How long a page may lie open before it has to be loaded again.
PAGE_LASTS = timedelta(hours=12)


def token_of(seed: str) -> str:
    """The same token for the same seed, which nobody without the secret key can find."""
    digest = salted_hmac("command.links.seed", seed, algorithm="sha256").digest()
    return _signer.sign(base64.urlsafe_b64encode(digest[:12]).decode())


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def is_ours(token: str) -> bool:
    """Whether this product signed it. Needs no database: a forged one is known at the door."""
    try:
        _signer.unsign(token)
    except BadSignature:
        return False
    return True


def page_token(link: int, rev: int) -> str:
    """Names the link and the state of the order that the page showed: sent again later it answers nothing."""
    return _page_signer.sign(f"{link}.{rev}")


def shown_rev(text: str, link: int) -> int | None:
    """The revision that the page of this link showed; None for anything else."""
    try:
        pk, _dot, rev = _page_signer.unsign(text, max_age=PAGE_LASTS).partition(".")
    except BadSignature:
        return None
    return int(rev) if pk == str(link) else None
