"""How long what a browser is told is of use, how urgent it is, what it replaces. Plain values in and out."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta

#: Whoever comes back to a page finds what is older on it.
FRESH = timedelta(minutes=10)
#: So long a message stands on a device and may be taken back.
STANDING = timedelta(hours=12)
#: Rows of messages are kept so long, for whoever looks why somebody was told nothing.
KEPT_FOR = timedelta(days=7)
#: Messages under way at once, at all push services together.
MOST_UNDER_WAY = 16

#: Why a message is not tried again and its device ends: the service says so, or nothing can be sealed for it.
GONE, UNUSABLE = "gone", "unusable"

#: Services that end a subscription when a message shows nothing: where the device shows nothing any more, taking it back
#: would be such a message. https://developer.apple.com/documentation/usernotifications
NEVER_TAKEN_BACK = (".push.apple.com",)


def urgency_of(stays: bool) -> str:
    """RFC 8030, 5.3: "high" reaches a telephone that saves its battery."""
    return "high" if stays else "normal"


def topic_of(tag: str, secret: str) -> str:
    """RFC 8030, 5.4: what is told anew of the same thing replaces what has not been fetched yet. 32 characters.

    Keyed: the push service is not to read off which incident it is.
    """
    digest = hmac.new(secret.encode(), f"push topic {tag}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest[:24]).decode()


def is_taken_back(host: str) -> bool:
    return not host.endswith(NEVER_TAKEN_BACK)
