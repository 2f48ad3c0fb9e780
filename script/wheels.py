"""Which packages of the lock come ready-made for the processors that Chinese machines have, by fetching each of them.

A line of the lock counts only with a file whose digest stands in the lock, because nothing else would be installed.
"""

import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
TABLE = TOP / "docs" / "wheels.md"
#: As the image has it (Dockerfile): Debian 13's glibc is 2.41.
PYTHON = "3.13"
GLIBC = (17, 28, 34, 36, 38, 39, 41)
PROCESSORS = {"aarch64": "鲲鹏、飞腾 Kunpeng, Phytium", "loongarch64": "龙芯 Loongson"}

HEAD = """# Ready-made packages for other processors 其他处理器上的现成软件包

`requirements.txt` 中带编译代码的包，在 Python {python} 上有没有现成的 wheel，由 `script/wheels` 逐一下载核对（只认锁定文件里有校验和的）。
“any”为不带编译代码的通用版本。其余 {pure} 个包都是纯 Python，任何处理器都能装。

Each package of `requirements.txt` with compiled code, and the wheel that was fetched for Python {python} and whose digest stands in the
lock: `script/wheels --write`. “any” is a version without compiled code. The other {pure} packages are pure Python. Nothing here was
*run* on these processors.

| | {processors} |
|---|{lines}|
"""


def blocks(lock: str) -> dict[str, str]:
    """name==version → its lines in the lock, without the condition under which it is installed."""
    found = re.split(r"\n(?=[a-z0-9])", lock)[1:]
    return {block.split()[0]: re.sub(r" ;[^\\]*\\", " \\\\", block, count=1) for block in found}


def fetched(lines: str, processor: str) -> str:
    """What kind of wheel there is: its tags behind the name; empty where there is none."""
    platforms = [f"--platform=manylinux_2_{minor}_{processor}" for minor in GLIBC]
    platforms += [f"--platform=manylinux2014_{processor}", f"--platform=linux_{processor}"]
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder, "asked.txt")
        asked.write_text(lines)
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps", "--require-hashes",
                   "--only-binary=:all:", f"--python-version={PYTHON}", "--implementation=cp", *platforms]  # fmt: skip
        done = subprocess.run(
            [*command, "-d", folder, "-r", asked], capture_output=True, text=True, check=False
        )
        wheels = list(Path(folder).glob("*.whl"))
    if not wheels and "No matching distribution" not in done.stderr:
        raise SystemExit(f"{lines.split()[0]}: {done.stderr.strip()}")
    return wheels[0].stem.split("-", 2)[2] if wheels else ""


def table(lock: str) -> str:
    pinned = blocks(lock)
    asked = [(lines, processor) for lines in pinned.values() for processor in PROCESSORS]
    with ThreadPoolExecutor(4) as pool:
        tags = list(pool.map(lambda one: fetched(*one), asked))
    count = len(PROCESSORS)
    rows = {pin: tags[n * count : (n + 1) * count] for n, pin in enumerate(pinned)}
    compiled = {pin: row for pin, row in rows.items() if not row[0].endswith("-any")}
    head = HEAD.format(
        python=PYTHON,
        pure=len(rows) - len(compiled),
        processors=" | ".join(f"{name} {who}" for name, who in PROCESSORS.items()),
        lines="|".join("---" for _ in PROCESSORS),
    )
    return head + "".join(f"| {pin} | {' | '.join(map(said, row))} |\n" for pin, row in compiled.items())


def said(tag: str) -> str:
    if not tag:
        return "**无 none**"
    return "any" if tag.endswith("-any") else tag.rpartition("-")[2].split(".")[0]


def main() -> None:
    text = table((TOP / "requirements.txt").read_text())
    if "--write" in sys.argv:
        TABLE.write_text(text)
    else:
        print(text)


if __name__ == "__main__":
    main()
