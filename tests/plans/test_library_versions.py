"""A plan of the library that says something else has another number: a bureau that took version 2 over knows what it took.

`library_versions.json` holds what each version said. Comments and line breaks are nobody's text and do not count.
"""

import hashlib
import json
from pathlib import Path

import pytest
from django.conf import settings

from plans.document.strict_yaml import read

RECORDED = json.loads((Path(__file__).parent / "library_versions.json").read_text())
FILES = sorted((settings.BASE_DIR / "plans/library").glob("*.yaml"))


def digest(text: str) -> tuple[int, str]:
    """The version and what is said beside it."""
    document = dict(read(text).value)
    version = document.pop("version")
    said = json.dumps(document, ensure_ascii=False, sort_keys=True, default=str)
    return version, hashlib.sha256(said.encode()).hexdigest()[:16]


def test_every_plan_of_the_library_is_recorded():
    assert {file.stem for file in FILES} == RECORDED.keys()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_plan_that_says_something_else_has_a_greater_number(file):
    version, said = digest(file.read_text())
    recorded = RECORDED[file.stem]

    assert version == max(map(int, recorded)), "a version is recorded and never goes back"
    assert recorded[str(version)] == said, (
        f"{file.name} says something else than its version {version} did: raise its `version` and add to "
        f'{Path(__file__).with_name("library_versions.json").name} "{version + 1}": "{said}"'
    )


def test_a_word_changes_the_digest_and_a_comment_does_not():
    text = FILES[0].read_text()

    assert digest(text + "\n# seen\n") == digest(text)
    assert digest(text.replace("version: 2\n", "version: 3\n", 1))[1] == digest(text)[1]
    assert digest(text.replace("PT72H", "PT48H", 1))[1] != digest(text)[1]
