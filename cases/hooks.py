"""What cases give to the rooms below."""

from accounts.reform.waiting import OPEN
from cases.matters.queries import unfiled_at

OPEN.register(unfiled_at)
