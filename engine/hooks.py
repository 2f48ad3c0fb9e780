"""What the engine gives to the rooms below: the long works of the night."""

from engine.background.long_works import BACKUP, VERIFY
from works.kinds import KINDS

KINDS.register("verify", VERIFY)
KINDS.register("backup", BACKUP)
