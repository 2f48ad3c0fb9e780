"""Names in addresses: `<code:number>` takes whatever is stored, so that one bad row takes no page down.

What the rules of common.text.codes let through stands in the address as it is. Anything else (a row older than the
rules, or put in by hand) is written with ~ and two figures per byte: a slash as ~2F, "..": ~2E~2E. A server
undoes %2F before it looks for the page, and a browser walks up at %2E%2E; neither knows ~2F.
"""

import re

_UNFIT = re.compile(r"[^\w@.+\- ()§·]|~")
_ESCAPED = re.compile(r"(?:~[0-9A-F]{2})+")


class CodeConverter:
    regex = r"[^/]+"

    def to_python(self, value: str) -> str:
        return _ESCAPED.sub(_read, value) if value != "~" else ""

    def to_url(self, value: object) -> str:
        text = str(value)
        if not text:
            return "~"
        return _written(text) if not text.strip(".") else _UNFIT.sub(lambda found: _written(found[0]), text)


def _written(text: str) -> str:
    return "".join(f"~{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def _read(found: re.Match[str]) -> str:
    return bytes.fromhex(found[0].replace("~", "")).decode("utf-8", "replace")
