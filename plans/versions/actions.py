"""What happens to versions: a draft is filed, a filed one is put in force. Lock, check, change, record."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.sign_in.credentials import check_credential
from common.errors import Invalid
from common.text.personal_data import unsigned_personal_data_in
from plans.document.campaigns import NO_TERM, Term
from plans.lifecycle.actions import check_can_be_in_force, checked_term, file_version, put_plan_in_force
from plans.lifecycle.choices import PlanVerb
from plans.lifecycle.models import Plan, PlanVersion
from plans.versions import permissions


@transaction.atomic
def file_draft(*, version_id: int, actor: User, reason: str, now: datetime) -> PlanVersion:
    """Lay a draft on file: from here on it can be put in force. Source: district plan §7."""
    version = _lock(version_id)

    permissions.check_can_move(actor, version, PlanVerb.FILE, now)
    said = check_reason(reason, _("%(ref)s was not filed.") % {"ref": version.ref})

    file_version(version, actor, now, said)
    return version


def put_in_force(
    *, version_id: int, actor: User, reason: str, credential: str, now: datetime, term: Term = NO_TERM
) -> PlanVersion:
    """Let a filed version hold from now on, signed with the actor's password or one-time code.

    A campaign plan needs its `term`, which is asked for before the credential: a one-time code works once.

    The credential is checked before anything is locked: hashing a password takes longer than all the rest.
    """
    unlocked = PlanVersion.objects.select_related("plan__owner_unit").get(pk=version_id)
    permissions.check_can_move(actor, unlocked, PlanVerb.PUT_IN_FORCE, now)
    said = check_reason(reason, _("%(ref)s was not put in force.") % {"ref": unlocked.ref})
    check_can_be_in_force(unlocked)
    checked_term(unlocked, term, actor)
    check_credential(actor, credential, now)
    return _put_in_force(version_id, actor, said, term, now)


@transaction.atomic
def _put_in_force(version_id: int, actor: User, reason: str, term: Term, now: datetime) -> PlanVersion:
    version = _lock(version_id)

    permissions.check_can_move(actor, version, PlanVerb.PUT_IN_FORCE, now)

    return put_plan_in_force(version_id=version.pk, actor=actor, now=now, term=term, reason=reason)


def check_reason(reason: str, not_done: str) -> str:
    """The reason, tidied. Raises Invalid where it is empty or holds somebody's identity or telephone number."""
    said = " ".join(reason.split())[:300]
    if not said:
        sentence = _("Say in a sentence why.")
        raise Invalid("reason_missing", f"{not_done} {sentence}", fields={"reason": [sentence]})
    if found := unsigned_personal_data_in(said):
        sentence = _("Take out: %(text)s") % {"text": found[0].text}
        raise Invalid("personal_data", f"{not_done} {sentence}", fields={"reason": [sentence]})
    return said


def _lock(version_id: int) -> PlanVersion:
    """The plan's row is the lock of all its versions: which one is in force is decided under it."""
    version = PlanVersion.objects.select_related("plan__owner_unit").get(pk=version_id)
    Plan.objects.select_for_update(of=("self",)).get(pk=version.plan_id)
    version.refresh_from_db(fields=["state"])
    return version
