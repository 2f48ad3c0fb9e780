"""Who opens an inquiry, looks, decides, notes the delivery. Each check raises with the reason."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Appointment, Post, Unit, User
from accounts.scope import Reach
from accounts.verbs import VERBS
from common.database.paths import prefixes
from common.errors import Invalid, NotAllowed, WrongState
from supervision.inquiries.models import Inquiry


def check_can_look(reach: Reach) -> None:
    if not reach.has("inquiry.view"):
        raise NotAllowed(
            "not_allowed",
            _(
                "The list was not opened: inquiries are read by directors, deputy directors and the auditor alone."
            ),
        )


def check_can_manage(reach: Reach, bureau: Unit) -> None:
    if not reach.holds("inquiry.manage", bureau.path):
        raise NotAllowed(
            "not_allowed",
            _("Nothing was changed: this is done by a director or deputy director of %(unit)s.")
            % {"unit": bureau},
        )


def check_is(reach: Reach, person: User | None, inquiry: Inquiry) -> None:
    """The investigator hears and reports, the decider decides; nobody in their stead."""
    if person is None or person.pk != reach.user.pk:
        raise NotAllowed(
            "not_yours",
            _("Nothing was changed on %(number)s: this is done by %(person)s.")
            % {"number": inquiry.number, "person": person or "–"},
        )


def check_pair(investigator: User, decider: User, bureau: Unit, post: Post | None, now: datetime) -> None:
    """Two different people of the bureau or of one above; who decides is a director or deputy; neither holds the post."""
    if investigator.pk == decider.pk:
        raise WrongState(
            "same_person",
            _("No inquiry was opened: %(person)s would look and decide. Name two different people.")
            % {"person": investigator},
        )
    held = list(
        Appointment.objects.current(now)
        .filter(person__in=[investigator, decider], post__unit__path__in=prefixes(bureau.path))
        .select_related("post")
    )
    looks = any(one.person_id == investigator.pk for one in held)
    decides = any(one.person_id == decider.pk and one.post.kind in VERBS["inquiry.manage"] for one in held)
    about = Appointment.objects.current(now).filter(post=post, person__in=[investigator, decider])
    if not looks or not decides or (post is not None and about.exists()):
        raise Invalid(
            "not_fit",
            _(
                "No inquiry was opened: who looks holds a post at %(unit)s or above, who decides is a director or deputy "
                "director there, and neither holds the post that it is about."
            )
            % {"unit": bureau},
            fields={"decider": [_("Name somebody else.")]},
        )
