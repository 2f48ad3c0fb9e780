"""What rosters give to the rooms below."""

from accounts.duty import ROSTERS
from notices.still import CHECKS
from rosters.duty import rostered
from rosters.lasting import LASTING

ROSTERS.register(rostered)

for purpose, check in LASTING.items():
    CHECKS.register(purpose, check)
