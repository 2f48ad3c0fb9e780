"""Figures: collected, put beside their baselines, printed as a table and written as JSON."""

import json
import os
import platform
import statistics
import time
from pathlib import Path
from typing import NamedTuple


class Figure(NamedTuple):
    """One measured value. `goal` is the largest ratio to the baseline that is good enough."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    baseline_name: str = ""
    goal: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.baseline if self.baseline else None

    @property
    def verdict(self) -> str:
        if self.goal is None or self.ratio is None:
            return ""
        return "met" if self.ratio <= self.goal else "MISSED"


def percentile(values: list[float], share: float) -> float:
    """The smallest value that `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, round(share * len(ordered) + 0.5) - 1))]


def median(values: list[float]) -> float:
    return statistics.median(values)


def show(figures: list[Figure]) -> None:
    """Print a table of the figures."""
    rows = [("figure", "value", "baseline", "ratio", "goal", "")]
    for figure in figures:
        rows.append(
            (
                figure.name,
                f"{figure.value:,.4g} {figure.unit}",
                f"{figure.baseline:,.4g} {figure.unit} ({figure.baseline_name})" if figure.baseline else "",
                f"{figure.ratio:.2f}" if figure.ratio is not None else "",
                f"≤ {figure.goal:g}" if figure.goal is not None else "",
                figure.verdict,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip(), flush=True
        )


def write(path: Path, figures: list[Figure], *, seconds: float) -> None:
    """The same as JSON, with what the machine was like."""
    document = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "seconds": round(seconds, 1),
        "machine": {
            "python": platform.python_version(),
            "system": platform.platform(),
            "cores": os.cpu_count(),
            "load_at_end": os.getloadavg()[0],
        },
        "figures": [
            {**figure._asdict(), "ratio": figure.ratio, "verdict": figure.verdict} for figure in figures
        ],
    }
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
