"""Why a notice did not arrive, and what came of a step, in the reader's language.

Rows keep a short code in English, for logs and the API; pages show it through here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_REASONS = {
    "confirmed elsewhere": gettext_lazy("confirmed on another channel"),
    "reached by text message": gettext_lazy("reached by text message"),
    "over": gettext_lazy("not needed: it is over"),
    "told anew": gettext_lazy("not needed: told anew"),
    "answered meanwhile": gettext_lazy("not needed: answered meanwhile"),
    "expired before it could be sent": gettext_lazy("expired before it could be sent"),
    "the account is closed": gettext_lazy("the account is closed"),
    "not on duty any more": gettext_lazy("not on duty any more"),
    "no telephone number": gettext_lazy("no telephone number"),
    "no e-mail address": gettext_lazy("no e-mail address"),
    "no user id at the chat service": gettext_lazy("no user id at the chat service"),
    "no chat service is configured": gettext_lazy("no chat service is configured"),
    "sent as a chat message": gettext_lazy("not needed: sent as a chat message"),
    "no gateway is configured": gettext_lazy("no gateway is configured"),
    "the gateway gave no id": gettext_lazy("the gateway gave no id: nothing more will be known of it"),
    "the gateway reported that it was not delivered": gettext_lazy(
        "the gateway reported that it was not delivered"
    ),
    "BodyTooLong": gettext_lazy("the answer was too long"),
    "ReadTimeout": gettext_lazy("the gateway did not answer in time"),
    "ConnectTimeout": gettext_lazy("the gateway could not be reached"),
    "ConnectionError": gettext_lazy("the gateway could not be reached"),
}
_RESULTS = {
    "answered": gettext_lazy("not needed: has answered"),
    "another one comes": gettext_lazy("not needed: somebody else comes"),
    "heard": gettext_lazy("not needed: has heard"),
    "replaced": gettext_lazy("not needed: replaced"),
    "no other channel": gettext_lazy("no other channel is set up"),
    "nobody left": gettext_lazy("nobody is left to tell"),
    "nobody to tell": gettext_lazy("no duty leader is there"),
    "not coming": gettext_lazy("not needed: not coming"),
    "over": gettext_lazy("not needed: it is over"),
    "active": gettext_lazy("not needed: is at work on it"),
    "asked": gettext_lazy("asked"),
    "queued": gettext_lazy("sent on another channel"),
}


#: By the kinds of notices.channels.providers.answers.
_PROVIDER_SAYS = {
    "number": gettext_lazy("the provider does not take this number"),
    "user": gettext_lazy(
        "the chat service knows no such user id, or may not write to them: correct it on the page of the person"
    ),
    "text": gettext_lazy("the provider does not take this text"),
    "key": gettext_lazy("the provider does not know our key or signature: check the settings of the gateway"),
    "sign": gettext_lazy("the provider has not approved our signature name or number"),
    "template": gettext_lazy("no template that the provider has approved says this: see the page Templates"),
    "account": gettext_lazy("our account at the provider is closed or empty"),
    "limit": gettext_lazy("the provider sends no more to this number today"),
}

#: Nobody said how the reader calls the posts: titles stay as they were written.
NO_POSTS: Mapping[str, str] = MappingProxyType({})
#: Results of steps that were not taken.
_NOT_NEEDED = {"answered", "another one comes", "heard", "replaced", "not coming", "over", "active"}


def is_not_needed(result: str) -> bool:
    return result in _NOT_NEEDED


def reason_of(error: str) -> str:
    """The sentence for a stored reason; one that is not known is shown as it stands."""
    if error in _REASONS:
        return str(_REASONS[error])
    if error.startswith("the gateway refused it"):
        return _("refused by the gateway: wrong number or text %(code)s") % {"code": error.rpartition(" ")[2]}
    if error.startswith("refused by the provider: "):
        kind, _space, code = error.removeprefix("refused by the provider: ").partition(" ")
        return _("%(why)s %(code)s") % {"why": _PROVIDER_SAYS.get(kind, kind), "code": code}
    if error.startswith("the provider is busy"):
        return _("the provider asks for patience %(code)s") % {"code": error.rpartition(" ")[2]}
    if error.startswith("the gateway answered"):
        return _("the gateway failed (%(code)s)") % {"code": error.rpartition(" ")[2]}
    if error.startswith("the group"):
        return _("the chat group did not take it %(code)s") % {"code": error.rpartition(" ")[2]}
    if error.startswith("set aside: "):
        return _("could not be made ready to be sent (%(error)s)") % {
            "error": error.removeprefix("set aside: ")
        }
    if error.startswith("given up after"):
        return _("given up after several attempts")
    return error


def result_of(result: str, posts: Mapping[str, str] = NO_POSTS) -> str:
    """What came of a step: "told 带班领导", "answered". `posts`: title of a post → how the reader calls it."""
    code, _space, rest = result.partition(" ")
    if result in _RESULTS:
        return str(_RESULTS[result])
    if code == "told":
        return _("told: %(who)s") % {"who": posts.get(rest, rest)}
    if code == "queued":
        return str(_RESULTS["queued"])
    if result.startswith("failed"):
        return _("failed, it is tried again")
    return result
