"""The rooms of the product, as pyproject.toml lists them for the import contracts."""

import tomllib
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
ROOMS: list[str] = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["importlinter"][
    "root_packages"
]
