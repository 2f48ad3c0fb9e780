"""What the pages give to the rooms below: the files that take longer than a page may, what a locked screen says."""

from dashboards.archive.works import ARCHIVE
from dashboards.desktop_notices import KINDS as TOLD
from dashboards.desktop_notices import desktop_notices_of
from dashboards.ledgers.works import LEDGER
from notices.push.contents import TELLERS
from works.kinds import KINDS

KINDS.register("archive", ARCHIVE)
KINDS.register("ledger", LEDGER)
for purpose in TOLD:
    TELLERS.register(purpose, desktop_notices_of)
