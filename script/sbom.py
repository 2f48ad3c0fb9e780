"""The bill of materials (CycloneDX 1.5): every package of the lock with what asks for it, and the images of Compose.

Made from files alone, so that it needs no network and no installation, and is the same for the same commit. Hashes
stand in requirements.txt, where there is one for each wheel.
"""

import json
import re
import sys
import uuid
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
PRODUCT = "incident-command-dashboard"
#: What a package asked for by us says instead of another package's name.
OURS = "-r requirements.in"


def packages(lock: str) -> dict[str, tuple[str, list[str]]]:
    """Name → (version, who asks for it) of each package."""
    found = {}
    for block in re.split(r"\n(?=[a-z0-9])", lock)[1:]:
        name, version = re.match(r"([a-z0-9.-]+)==([\w.]+)", block).groups()
        found[name] = (version, re.findall(r"^    #(?: via|  ) (\S.*)$", block, re.MULTILINE))
    return found


def images(compose: str, dockerfile: str) -> list[tuple[str, str]]:
    """(name, tag) of each image that others make."""
    named = re.findall(r"^    image: ([a-z]+):([\w.-]+)$", compose, re.MULTILINE)
    return sorted({*named, *re.findall(r"^FROM ([a-z]+):([\w.-]+)", dockerfile, re.MULTILINE)})


def bill(top: Path = TOP) -> dict:
    lock = packages((top / "requirements.txt").read_text())
    foreign = images((top / "docker-compose.yml").read_text(), (top / "Dockerfile").read_text())
    refs = {name: f"pkg:pypi/{name}@{version}" for name, (version, _asked) in lock.items()}
    asks: dict[str, list[str]] = {PRODUCT: [], **{ref: [] for ref in refs.values()}}
    for name, (_version, askers) in lock.items():
        for asker in askers:
            asks[PRODUCT if asker == OURS else refs[asker]].append(refs[name])
    components = [
        *(_component("library", name, lock[name][0], ref) for name, ref in refs.items()),
        *(_component("container", name, tag, f"pkg:docker/{name}@{tag}") for name, tag in foreign),
    ]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(components))}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": PRODUCT, "bom-ref": PRODUCT}},
        "components": components,
        "dependencies": [{"ref": ref, "dependsOn": sorted(on)} for ref, on in asks.items()],
    }


def _component(kind: str, name: str, version: str, ref: str) -> dict[str, str]:
    return {"type": kind, "name": name, "version": version, "purl": ref, "bom-ref": ref}


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=1)
    print()
