"""Add up the JUnit reports in a folder and print one last line: N passed, N failed, N skipped.

Exit status 1 if a test failed or none ran.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree


def count(folder: Path) -> dict[str, int]:
    totals = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for report in folder.glob("*.xml"):
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            for name in totals:
                totals[name] += int(suite.get(name, 0))
    return totals


def main() -> int:
    totals = count(Path(sys.argv[1]))
    failed = totals["failures"] + totals["errors"]
    passed = totals["tests"] - failed - totals["skipped"]
    print(f"{passed} passed, {failed} failed, {totals['skipped']} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
