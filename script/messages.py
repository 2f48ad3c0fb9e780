"""Compile the translations, or check that they are compiled. Needs polib, not GNU gettext.

The .mo files are committed, so that a fresh machine needs neither.
"""

import sys
from pathlib import Path

import polib


def sentences(entries) -> dict:
    """What these entries say, apart from their layout."""
    return {(entry.msgctxt, entry.msgid): entry.msgstr_plural or entry.msgstr for entry in entries}


def is_compiled(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    if not compiled.exists():
        return False
    # Fuzzy and empty entries are not translations; gettext would not compile them either.
    return sentences(polib.mofile(compiled)) == sentences(polib.pofile(source).translated_entries())


def main(arguments: list[str]) -> int:
    stale = [source for source in sorted(Path("locale").rglob("*.po")) if not is_compiled(source)]
    for source in stale:
        if "--check" in arguments:
            print(f"{source.with_suffix('.mo')} does not hold what {source.name} says: run script/messages")
        else:
            polib.pofile(source).save_as_mofile(source.with_suffix(".mo"))
            print(f"compiled {source}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
