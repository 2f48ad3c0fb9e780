"""The secrets of order links; and the page's own token, so that a look answers nothing."""

from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner

from accounts.links.secrets import Secrets

SECRETS = Secrets("command.links", size=12)
_page_signer = TimestampSigner(salt="command.links.page")
#: How long a page may lie open before it has to be loaded again.
PAGE_LASTS = timedelta(hours=12)


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
