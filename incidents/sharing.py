"""Who else takes part in an incident: a neighbour unit, a liaison, those whom a signature calls."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, remove_perm

from accounts.models import Post, Unit, User
from accounts.posts.actions import permission_group, permission_groups
from accounts.scope import Reach
from common.database.inserts import Rows
from common.errors import WrongState
from incidents import permissions
from incidents.models import (
    Incident,
    IncidentGroupPermission,
    IncidentUserPermission,
    Share,
)
from incidents.transitions import SEEN_BY_GRANT, lock_incident, record_entry
from journal.keys import key

_GROUP_RIGHTS = Rows(IncidentGroupPermission)
_USER_RIGHTS = Rows(IncidentUserPermission)


@transaction.atomic
def share_incident(
    *,
    incident_id: int,
    reach: Reach,
    reason: str,
    now: datetime,
    unit: Unit | None = None,
    person: User | None = None,
) -> Share:
    """Show the incident to a unit outside the scope (whoever holds its posts) or to one liaison."""
    incident = lock_incident(incident_id)

    permissions.check_can_share(reach, incident)

    made, is_new = Share.objects.get_or_create(
        incident=incident,
        unit=unit,
        person=person,
        ended_at=None,
        defaults={"reason": reason, "at": now, "by": reach.user},
    )
    if is_new:
        assign_perm("view_incident", _grantee(unit, person), incident)
        content = {"with": str(unit or person), "reason": reason}
        record_entry(incident, "incident.shared", reach, at=now, content=content)
    return made


@transaction.atomic
def end_share(*, share_id: int, reach: Reach, now: datetime) -> Share:
    """Take a share back; open screens lose the incident at once."""
    shared = Share.objects.select_for_update(of=("self",)).select_related("unit", "person").get(pk=share_id)
    incident = lock_incident(shared.incident_id)

    permissions.check_can_share(reach, incident)
    if shared.ended_at:
        raise WrongState("share_ended", _("Nothing was changed: this share has already ended."))

    shared.ended_at = now
    shared.save(update_fields=["ended_at"])
    remove_perm("view_incident", _grantee(shared.unit, shared.person), incident)

    content = {"with": str(shared.unit or shared.person)}
    record_entry(incident, "incident.unshared", reach, at=now, content=content)
    return shared


def let_take_part(*, incident: Incident, posts: Iterable[Post], people: Iterable[User] = ()) -> None:
    """Let whoever holds these posts, and these people, read the incident and add to it: they are sent there.

    guardian's `assign_perm` for many at once: a few queries, however many posts a plan calls.
    """
    rights = list(Permission.objects.filter(content_type__app_label="incidents", codename__in=SEEN_BY_GRANT))
    if names := {key("post", post.pk) for post in posts}:
        _GROUP_RIGHTS.insert_all(
            [
                IncidentGroupPermission(group=group, permission=right, content_object=incident)
                for group in permission_groups(names)
                for right in rights
            ],
            unless_there=True,
        )
    _USER_RIGHTS.insert_all(
        [
            IncidentUserPermission(user=person, permission=right, content_object=incident)
            for person in set(people)
            for right in rights
        ],
        unless_there=True,
    )


def _grantee(unit: Unit | None, person: User | None) -> Any:
    return permission_group(key("unit", unit.pk)) if unit else person
