"""What the pages give to the rooms below: the files that take longer than a page may."""

from dashboards.archive.works import ARCHIVE
from dashboards.ledgers.works import LEDGER
from works.kinds import KINDS

KINDS.register("archive", ARCHIVE)
KINDS.register("ledger", LEDGER)
