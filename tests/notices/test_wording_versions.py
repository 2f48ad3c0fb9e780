"""A text that changes is another version: the proof of notice names it, and old proofs must stay true."""

import hashlib
import json

import pytest

from notices.sending.message_templates import WORDINGS

#: Every version there ever was. A new text gets a new line; a line is never changed.
KNOWN = {
    "warning.signed@1": "b48203428a59e0f7",
    "incident.life_safety@1": "de82ec210cd55765",
    "notice.unheard@1": "c41c6c88e3b4a1e0",
    "notice.still@1": "f469b856370fa8bb",
    "reply.unclear@1": "3ef994552df83e8a",
    "report.due@1": "e626a3be832de253",
    "report.missed@1": "6a6fcc51a6c8e6e7",
    "report.summary@1": "f47e68c255c5bfa4",
    "report.climb@1": "aafcc545bb18c47f",
    "written.due@1": "5189c608b79f5563",
    "written.missed@1": "977a6004d329e13e",
    "written.silent@1": "c188d30f4a91b4a8",
    "incident.danger_worse@1": "5d96883b92ec2bc0",
    "incident.stood_down@1": "b8cb061234fbc637",
    "clock.breached@1": "68bfc0a83a926011",
    "clock.ends_soon@1": "42738053e8ad55c5",
    "notice.nobody@1": "d4bfc9078ec38b24",
}  # fmt: skip


def fingerprint(name: str) -> str:
    text = json.dumps(WORDINGS[name].patterns, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", WORDINGS)
def test_a_changed_text_has_a_new_version(name):
    version = f"{name}@{WORDINGS[name].version}"
    assert KNOWN.get(version) == fingerprint(name), (
        f"the text of {name} changed: raise its version in notices/sending/message_templates.py and write {fingerprint(name)} here"
    )


def test_versions_only_rise():
    for name, wording in WORDINGS.items():
        known = [int(line.rpartition("@")[2]) for line in KNOWN if line.startswith(f"{name}@")]
        assert sorted(known) == list(range(1, wording.version + 1)), name
