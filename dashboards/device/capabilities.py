"""What the product asks of a device, and what does not work where it is missing. static/js/check.js tests each."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Capability(NamedTuple):
    """`id` is that of the test in static/js/check.js."""

    id: str
    title: str | Promise
    #: What is missing, what does not work without it, and what is to be done.
    without: str | Promise


CAPABILITIES = (
    Capability(
        "secure",
        _("Secure connection"),
        _(
            "The connection is not secure, so that the device refuses position, offline page and installation. Alarms and forms work. Ask for the address that begins with https."
        ),
    ),
    Capability(
        "worker",
        _("Page without network"),
        _(
            "The device keeps no page for when the network is gone: then the browser shows its own error. Alarms and forms work. Ask for the bureau's certificate to be installed on this device, or use an ordinary instead of a private window."
        ),
    ),
    Capability(
        "storage",
        _("Storage for alarms"),
        _(
            "The device keeps nothing: an alarm pressed without network is lost when the page is closed. Leave the page open until the number is there, or report by telephone. Use an ordinary instead of a private window, and free some storage."
        ),
    ),
    Capability(
        "live",
        _("Live channel"),
        _(
            "The live channel does not open: pages ask every few seconds instead and show changes later. Ask whether the network lets WebSocket connections through."
        ),
    ),
    Capability(
        "sound",
        _("Sound"),
        _(
            "The browser makes no sound: new events are only seen, not heard. Keep the page in view, and ask for a newer browser."
        ),
    ),
    Capability(
        "position",
        pgettext_lazy("device", "Position"),
        _(
            "The position is refused or missing: an alarm goes out without it. Name the place in the alarm, or allow the position for this site in the settings of the browser."
        ),
    ),
    Capability(
        "notices",
        _("Desktop notices"),
        _(
            "The browser shows no desktop notices. They can be switched on in the menu at the top right where the browser has them; sound on an open page and messages to the telephone do not depend on them."
        ),
    ),
    Capability(
        "push",
        _("Notices with no page open"),
        _(
            "This device is told nothing while no page is open. Where the browser has them, an https address and the switch “Desktop notices” in the menu at the top right are needed. Open pages and messages to the telephone do not depend on them."
        ),
    ),
    Capability(
        "clock",
        _("Clock of the device"),
        _(
            "The clock of the device is wrong by more than a minute. Times on the pages are the server's and right; codes of a second factor made on this device are refused. Set date and time to automatic."
        ),
    ),
    Capability(
        "screen",
        _("Size of the screen"),
        _(
            "The window is narrower than 320 points: pages have to be moved sideways. Make the window wider or the letters of the device smaller."
        ),
    ),
    Capability(
        "language",
        _("Language of the browser"),
        _(
            "The browser has another language than this page: its own questions, such as that for the position, come in that language. The language of the pages is chosen in the menu at the top right."
        ),
    ),
)
