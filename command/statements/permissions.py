"""Who may do what with a statement. Each check raises with the reason; buttons and API derive from it.

Whoever manages the incident drafts, revises, discards and records the release (`incidents.permissions`).
"""

from django.utils.translation import gettext as _

from accounts.scope import Reach
from command.statements.models import Statement
from common.errors import NotAllowed


def check_can_approve(reach: Reach, statement: Statement) -> None:
    """A leader of the incident's unit, or of one above, who did not write it."""
    if not reach.holds("statement.approve", statement.incident.unit_path):
        raise NotAllowed(
            "not_allowed",
            _("The statement was not approved: this is done by a leader of the incident's unit. Phone them."),
        )
    if statement.drafted_by_id == reach.user.pk:
        raise NotAllowed(
            "own_draft",
            _("The statement was not approved: you wrote it. Another leader approves it."),
        )
