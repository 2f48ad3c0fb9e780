"""Does this archive still say what was put into it? Python 3 and nothing else: python3 verify.py

It travels in the archive of an incident and knows nothing of the program that made it. It checks that every file has
the SHA-256 that manifest.json gives, that every entry of journal.jsonl has the hash that follows from its text and the
hash of the entry before it, and that every signed text has the hash that was signed.
"""

import hashlib
import json
import sys
from pathlib import Path


def faults(folder: Path) -> list[str]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return [*_files(folder, manifest), *_journal(folder), *_signatures(folder, manifest)]


def _files(folder: Path, manifest: dict) -> list[str]:
    found = []
    for name, digest in manifest["files"].items():
        file = folder / name
        if not file.is_file():
            found.append(f"{name} is missing / 缺少文件")
        elif hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            found.append(f"{name} was changed / 文件被改动")
    return found


def _journal(folder: Path) -> list[str]:
    found, last = [], 0
    for line in (folder / "journal.jsonl").read_text(encoding="utf-8").split("\n"):
        if not line:
            continue
        try:
            entry = json.loads(line)
        except ValueError:
            found.append(f"journal.jsonl cannot be read after entry {last} / 日志在第 {last} 条之后无法读取")
            break
        text = f"{entry['previous']}\n{entry['number']}\n{entry['body']}"
        algorithm = json.loads(entry["body"]).get("hash", "sha256")
        if algorithm not in hashlib.algorithms_available:
            found.append(
                f"journal entry {entry['number']}: this Python has no {algorithm} / 本机 Python 不支持该算法，无法核对"
            )
        elif hashlib.new(algorithm, text.encode()).hexdigest() != entry["hash"]:
            found.append(f"journal entry {entry['number']} does not have its hash / 日志条目与散列不符")
        if entry["number"] <= last:
            found.append(f"journal entry {entry['number']} is out of order / 日志条目次序有误")
        last = entry["number"]
    return found


def _signatures(folder: Path, manifest: dict) -> list[str]:
    found = []
    for name, digest in manifest["signed"].items():
        file = folder / name
        if file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            found.append(f"{name} is not what was signed / 与签发文本不符")
    return found


if __name__ == "__main__":
    try:
        wrong = faults(Path(__file__).resolve().parent)
    except (OSError, ValueError, KeyError, TypeError) as error:
        wrong = [f"the archive cannot be read / 无法读取归档包: {error!r}"]
    print("\n".join(wrong) or "whole / 完整无改动")
    sys.exit(bool(wrong))
