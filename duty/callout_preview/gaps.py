"""Where the chain breaks, and why: a role that nobody fills, a wave that rings nowhere."""

from collections.abc import Mapping

from accounts.contacts.rules import why_unreachable
from accounts.models import Post
from duty.callout_preview.choices import Break, What
from duty.callout_preview.results import Broken, Wave
from duty.comms_checks import rules
from plans.document.sections import Role
from plans.people.holders import Bench


def break_of_role(bench: Bench, role: Role) -> str:
    """Why nobody is rung in this role; empty if somebody is. One query, only where nobody holds it."""
    if role.kind != "post":
        return Break.OUTSIDE
    if bench.holders(role):
        return ""
    if bench.seat(role):
        return Break.OFF_DUTY
    if role.tier and not bench.has_tier(role.tier):
        return Break.NO_TIER
    units = [unit for unit in bench.units if role.tier in ("", unit.tier)]
    is_there = Post.objects.filter(unit__in=units, kind=role.post, closed_at__isnull=True).exists()
    return Break.NOBODY if is_there else Break.NO_POST


def with_breaks(wave: Wave, contacts: Mapping[int, rules.Contact], *, has_gateway: bool) -> Wave:
    """The wave, and whether it is empty or rings nowhere."""
    if not wave.people:
        if wave.breaks or wave.what != What.TOLD:
            return wave
        return wave._replace(breaks=(Broken(Break.OFF_DUTY),))
    dark = [why_unreachable(contacts[told.person.pk], has_gateway=has_gateway) for told in wave.people]
    if all(dark):
        return wave._replace(breaks=(*wave.breaks, Broken(Break.ALL_DARK)))
    return wave
