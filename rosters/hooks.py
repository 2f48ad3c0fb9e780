"""What rosters give to the rooms below."""

from accounts.posts.duty import ROSTERS
from notices.relevance.validity import CHECKS
from rosters.duty import rostered
from rosters.validity import LASTING

ROSTERS.register(rostered)

for purpose, check in LASTING.items():
    CHECKS.register(purpose, check)
