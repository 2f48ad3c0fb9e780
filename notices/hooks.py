"""How long the reasons of this room itself last."""

from accounts.exclusions.actions import FOLLOWING
from notices import number_tests
from notices.relevance.kept_from import PASSED, pass_on
from notices.relevance.unheard import while_unheard
from notices.relevance.validity import CHECKS, always

CHECKS.register("notice.unheard", while_unheard)
CHECKS.register("notice.nobody", always)
# Both carry the moment after which they are of no use.
CHECKS.register(number_tests.PURPOSE, always)
CHECKS.register(PASSED, always)
FOLLOWING.register(pass_on)
