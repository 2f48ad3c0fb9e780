"""What accounts gives to the rooms below."""

from accounts.intake.closing import look_before_closing
from accounts.sign_in.credentials import reserved
from common.around import GUARDS
from journal.record import LOOKING

GUARDS.register(reserved)
LOOKING.register(look_before_closing)
