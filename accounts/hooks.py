"""What accounts gives to the rooms below."""

from accounts.sign_in.credentials import reserved
from common.around import GUARDS

GUARDS.register(reserved)
