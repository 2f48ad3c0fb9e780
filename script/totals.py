"""Add up the JUnit reports in a folder: what failed, and one last line: N passed, N failed, N skipped.

Beside NAME.xml, NAME.again.xml may report what failed there and was asked once more: what passed then has passed, and is
named all the same. Exit status 1 if a test failed or none ran.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

#: Letters of what a failed test said.
SAID = 400


def count(reports: list[Path]) -> dict[str, int]:
    totals = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for report in reports:
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            for name in totals:
                totals[name] += int(suite.get(name, 0))
    return totals


def cases(reports: list[Path]) -> Iterator[tuple[str, Element | None]]:
    """(name, what it said if it failed) of each test."""
    for report in reports:
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            failed = [said for kind in ("failure", "error") if (said := case.find(kind)) is not None]
            yield f"{case.get('classname')}::{case.get('name')}", failed[0] if failed else None


def main() -> int:
    reports = sorted(Path(sys.argv[1]).glob("*.xml"))
    again = [report for report in reports if report.name.endswith(".again.xml")]
    first = [report for report in reports if report not in again]
    passed_again = {name for name, failed in cases(again) if failed is None}
    for name, failed in cases(first):
        if failed is not None:
            how = "Failed at first, passed when asked again" if name in passed_again else "Failed"
            print(f"{how}: {name}: {' '.join(failed.get('message', '').split())[:SAID]}")
    totals = count(first)
    failed = totals["failures"] + totals["errors"] - len(passed_again)
    passed = totals["tests"] - failed - totals["skipped"]
    print(f"{passed} passed, {failed} failed, {totals['skipped']} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
