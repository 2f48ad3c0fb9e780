"""The words of the scripts, in the reader's language. Scripts hold no text of their own.

`{n}`-style marks are filled in by the script. A key with `_one` beside it is used for exactly one.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

WORDS = {
    # link state and stale bar
    "link_live": pgettext_lazy("screen", "Live"),
    "link_connecting": _("Connecting"),
    "link_late": _("{n} s late"),
    "link_stale": _("Not current: {n} s"),
    "link_out": _("Signed out"),
    "link_gone": _("Closed to you"),
    "stale_late": _("No message from the server for {n} s. Last good state {time}."),
    "stale_red": _(
        "This screen is not current: no data from the server for {n} s. Last good state {time}. "
        "Please confirm by phone."
    ),
    "stale_out": _("You are signed out. This screen is no longer updated."),
    "stale_gone": _("Your rights to this page have changed. Load the page again."),
    "said_late": _("No message from the server, the screen may be behind."),
    "said_red": _("This screen is not current. Please confirm by phone."),
    "said_live": _("The screen is current again."),
    "said_caught_up": _("The screen is current again; {n} changes made meanwhile are on it."),
    "said_caught_up_one": _("The screen is current again; 1 change made meanwhile is on it."),
    "needs_fresh": _(
        "Not sent: this screen is not current, so nothing can be signed from it. "
        "Confirm by phone, or wait until the connection is back."
    ),
    "updates": _("{n} updates"),
    "updates_one": _("1 update"),
    # clocks
    "left": _("{t} left"),
    "over": _("overdue {t}"),
    "elapsed": _("{t} so far"),
    "days": _("{d} d {h} h"),
    "hours": _("{h} h {m} min"),
    "said_minutes": _("{label}: {n} minutes left"),
    "said_minutes_one": _("{label}: 1 minute left"),
    "said_over": _("{label}: time limit passed"),
    "ago_now": _("just now"),
    "ago_minutes": _("{n} min ago"),
    "ago_hours": _("{n} h ago"),
    # forms
    "sending": _("Sending…"),
    "kept_retrying": _("Cannot be sent for the moment. What you typed is kept; trying again…"),
    "retry": _("Try again now"),
    "signed_out_form": _(
        "You are signed out. What you typed is kept: sign in in another tab, then try again."
    ),
    "sign_in": _("Sign in"),
    "not_done": _("That did not work. What you typed is kept."),
    "done": pgettext_lazy("screen", "Done"),
    "done_act": _("Recorded: {act}"),
    "draft_restored": _("Restored what was not sent at {time}."),
    "draft_drop": _("Discard"),
    "field_missing": _("Please fill this in."),
    "field_unchosen": _("Please choose one."),
    "field_unreadable": _("This cannot be read here. Please look at it again."),
    "field_low": _("Not less than {min}."),
    "field_high": _("Not more than {max}."),
    "field_short": _("At least {min} characters."),
    "field_long": _("At most {max} characters."),
    # outbox
    "box_voice": _("Voice note"),
    "box_saved": _("Saved on this device"),
    "box_unsaved": _("Not saved on this device: keep this page open until it is delivered"),
    "box_waiting": _("Waiting to be sent"),
    "box_sending": pgettext_lazy("screen", "Sending"),
    "box_sent": _("Delivered"),
    "box_failed": _("Not accepted"),
    "box_signed_out": _("You are signed out. It stays on this device and is sent after you sign in."),
    "box_busy": _("The server cannot take it at the moment. It is sent again by itself."),
    "box_offline": _("No connection. It is sent by itself as soon as there is one."),
    "box_other": _("Written by somebody else on this device: it is sent when that person signs in."),
    "box_edit": _("Change and send again"),
    "box_drop": pgettext_lazy("screen", "Delete"),
    "box_late": pgettext_lazy("screen", "after the deadline"),
    "box_chip": _("{n} waiting"),
    "withdraw": _("False alarm, withdraw ({n})"),
    "withdrawn": _("Withdrawn"),
    "withdraw_failed": _("Not withdrawn. Open the incident to withdraw it there."),
    "position_later": _("Position of the person who raised the alarm, found later"),
    # sound
    "sound_on": _("Sound on"),
    "silenced": _("Silenced"),
    # desktop notices
    "desktop_on": _("Desktop notices on"),
    "switched_on": pgettext_lazy("switch", "on"),
    "switched_off": pgettext_lazy("switch", "off"),
    "desktop_refused": _(
        "The browser refuses desktop notices here. Allow them for this site in its settings, then press again."
    ),
    "push_on": _("Desktop notices on, also while no page is open"),
    "push_failed": _(
        "Desktop notices on while a page is open. Without one this device is told nothing: its browser’s push service "
        "does not answer."
    ),
    "desktop_missing": _("This browser shows no desktop notices on this connection."),
    # security keys
    "key_use": _("Use the security key"),
    "key_missing": _(
        "Security keys cannot be used here: this browser knows none, or the connection is not protected."
    ),
    "key_cancelled": _(
        "The security key was not used: it was stopped, took too long, or is not one of yours. Press again, or take "
        "another way."
    ),
    "key_known": _("Not added: this key is registered already. Take another one."),
    "key_failed": _("The security key could not be asked ({why}). Take another way, or try another browser."),
    # wall
    "page_of": _("{n}/{m}"),
}

#: Said by the live channel alone: a page without it, such as the alarm on a weak network, does not carry them.
LIVE_WORDS = frozenset(
    name
    for name in WORDS
    if name.startswith(("link_", "stale_", "updates", "said_caught_up", "desktop_", "push_"))
    or name in {"said_late", "said_red", "said_live"}
)
