"""Put pip into a virtual environment that was made without it.

Debian and Ubuntu split ensurepip out of python3. With this, a machine that has only python3 and bash needs
no administrator: the wheel comes from the package index (PIP_INDEX_URL, else the public one), is checked
against its known digest, and then installs itself.

    .venv/bin/python script/fetch_pip.py .venv
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urldefrag, urljoin
from urllib.request import urlopen

WHEEL = "pip-26.3-py3-none-any.whl"
SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
SECONDS = 20


def find_wheel(index: str) -> str:
    """Give the address of the wheel on a simple index (PEP 503); ValueError if it is not there."""
    page = index.rstrip("/") + "/pip/"
    with urlopen(page, timeout=SECONDS) as answer:
        for link in re.findall(r'href="([^"]+)"', answer.read().decode()):
            address = urldefrag(urljoin(answer.url, link)).url
            if address.endswith("/" + WHEEL):
                return address
    raise ValueError(f"{WHEEL} is not on {page}")


def fetch_wheel(index: str) -> bytes:
    with urlopen(find_wheel(index), timeout=SECONDS) as answer:
        wheel = answer.read()
    if hashlib.sha256(wheel).hexdigest() != SHA256:
        raise ValueError(f"{WHEEL} from {index} is not the file we know")
    return wheel


def main() -> None:
    index = os.environ.get("PIP_INDEX_URL") or "https://pypi.org/simple/"
    python = Path(sys.argv[1]) / "bin" / "python"
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / WHEEL
        file.write_bytes(fetch_wheel(index))
        # A wheel is a zip file that Python can run from.
        subprocess.run(
            [python, f"{file}/pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", file],
            check=True,
        )


if __name__ == "__main__":
    try:
        main()
    except (URLError, OSError, ValueError, subprocess.CalledProcessError) as error:
        sys.exit(f"pip was not fetched: {error}")
