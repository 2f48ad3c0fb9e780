"""Looking for numbers of people in a typed text, beside one regular expression that finds plain runs of digits only."""

import re
import time
from collections.abc import Callable

from bench.figures import Figure, median
from common.text.masking import masked, personal_data_in

_OFFICIAL = "来访群众约三十五人在一楼大厅聚集，拉横幅一条，2026-11-22 14:05 值班室接报，责任单位已到场，"
_NUMBER = "带头的人电话 138 0013 8000，"
_PLAIN = re.compile(r"\d{11,19}")
#: A short field, a long one, and a whole paper.
LENGTHS = (40, 300, 2000)


def run(*, times: int) -> list[Figure]:
    """Processor time of one text; the median of `times`."""
    found = []
    for length in LENGTHS:
        text = (_OFFICIAL * (length // len(_OFFICIAL) + 1))[:length]
        with_number = (_NUMBER + text)[:length]
        plain = _cost(lambda t=text: _PLAIN.findall(t), times)
        about = f"of {length} characters"
        found += [
            Figure(f"scan of a text {about}", _cost(lambda t=text: personal_data_in(t), times), "s",
                   plain, "one regular expression for runs of digits"),
            Figure(f"scan and mask of a text {about} with a number", _cost(lambda t=with_number: masked(t), times), "s",
                   plain, "one regular expression for runs of digits"),
        ]  # fmt: skip
    return found


def _cost(act: Callable[[], object], times: int) -> float:
    taken = []
    for _round in range(times):
        begun = time.process_time()
        for _n in range(20):
            act()
        taken.append((time.process_time() - begun) / 20)
    return median(taken)
