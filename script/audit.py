"""Known flaws of the locked packages, by pip-audit, and honest about what it could not look up.

pip-audit answers 0 for a package that the list does not have, as behind a mirror that has no list at all: "no flaw
found" would then be said of nothing. Here it says how many were looked up, and fails when it is not all of them.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
#: Fetched when it is asked for: it needs a network anyway, and no test machine has to carry it.
AUDITOR = ("tool", "run", "pip-audit==2.10.1")
CLEAN, FLAWED, NOT_LOOKED_UP = 0, 1, 75


def look_up(lock: Path) -> list[dict] | None:
    """What pip-audit says of each package of the lock; none where it could not be run or could not ask."""
    uv = os.environ.get("UV", str(TOP / ".venv/bin/uv"))
    options = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json")
    try:
        run = subprocess.run(
            [uv, *AUDITOR, *options, "--requirement", str(lock)], capture_output=True, text=True, check=False
        )
        return json.loads(run.stdout)["dependencies"]
    except FileNotFoundError:
        print(f"There is no {uv}: run script/test once, it installs it.", file=sys.stderr)
    except (ValueError, KeyError):
        print(run.stderr.strip()[-500:], file=sys.stderr)
    return None


def report(packages: list[dict] | None) -> int:
    """Print it for a person; the exit code."""
    if packages is None:
        print(
            "Nothing was looked up. Without a way out: script/sbom > sbom.cdx.json, and a scanner elsewhere."
        )
        return NOT_LOOKED_UP
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    flawed = [package for package in packages if package.get("vulns")]
    for package in flawed:
        for flaw in package["vulns"]:
            mended = ", ".join(flaw.get("fix_versions", [])) or "nothing yet"
            print(f"{package['name']} {package['version']}: {flaw['id']}, mended in {mended}")
    print(
        f"{len(packages) - len(skipped)} of {len(packages)} packages were looked up, {len(flawed)} have a known flaw."
    )
    if skipped:
        print(f"Not looked up: {', '.join(skipped)}.")
    if flawed:
        return FLAWED
    return NOT_LOOKED_UP if skipped or not packages else CLEAN


if __name__ == "__main__":
    sys.exit(report(look_up(TOP / "requirements.txt")))
