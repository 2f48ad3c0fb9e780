"""Where passwords made by the machine are left for whoever hands them out: a file only its owner can read."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path


def write(file: Path, header: tuple[str, ...], lines: Iterable[tuple]) -> None:
    """Write `file` anew with mode 0600, whole or not at all."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as output:
        writer = csv.writer(output)
        writer.writerow(header)
        writer.writerows(lines)
        output.flush()
        os.fsync(output.fileno())
    partial.replace(file)
