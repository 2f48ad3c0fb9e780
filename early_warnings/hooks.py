"""What early warnings give to the rooms below."""

from clocks.breaches.effects import EFFECTS
from common.references import READERS
from early_warnings.objections import objection_to_switch
from early_warnings.queries import holding_open, key_of_number, never_called, never_reported
from early_warnings.replays import signed_levels
from early_warnings.signing.effects import escalate_signoff, signatories_asked
from early_warnings.signing.signoff import SIGNOFF
from early_warnings.validity import while_in_force, while_returned, while_to_sign
from incidents.closing.queries import ASKING
from incidents.queries import HOLDING_OPEN
from incidents.switching.queries import OBJECTIONS
from notices.relevance.validity import CHECKS, always
from plans.people.overdue import RESPONSIBLE
from plans.rehearsal.replay_source import SIGNED

READERS.register(key_of_number)
HOLDING_OPEN.register(holding_open)
ASKING.register(never_called)
ASKING.register(never_reported)
OBJECTIONS.register(objection_to_switch)
SIGNED.register(signed_levels)

EFFECTS.register(SIGNOFF, escalate_signoff)
RESPONSIBLE.register("signatory", signatories_asked)

CHECKS.register("warning.signed", while_in_force)
CHECKS.register("warning.to_sign", while_to_sign)
CHECKS.register("warning.returned", while_returned)
CHECKS.register("warning.lifted", always)
