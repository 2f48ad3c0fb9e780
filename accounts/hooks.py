"""What accounts gives to the rooms below."""

from accounts.credentials import reserved
from common.around import GUARDS

GUARDS.register(reserved)
