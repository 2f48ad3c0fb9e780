"""The form of what goes between two installations: a document, its receipt, and the text that hands keys over.

    {"version": 1, "id", "kind", "from", "to", "number", "title", "sent_at", "texts": [{"label", "text"}],
     "signed": {"by", "at", "sha256"} or null, "due_at": null, "about": "", "acknowledged": null}

`from` and `to` are what the installations call themselves; `to` keeps a third one from passing on what it was sent.
An acknowledgement names in `about` the document that a person there has, and in `acknowledged` who that is.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework import serializers

from common.api.serializers import StrictSerializer, validated
from common.errors import Invalid
from common.text.masking import personal_data_in
from common.text.plain_text import impossible_within
from common.text.typed import tidy
from exchange import keys, rules
from exchange.choices import Kind
from journal.record import stamp

#: What a text that hands keys over begins with.
HANDED_OVER = "icd-exchange"
_LINE = re.compile(r"([A-Za-z-]{1,20})\s*[:：]\s*(.*)")
LONGEST_TEXT = 8000
MOST_TEXTS = 40


class _Moment(serializers.DateTimeField):
    """A moment that either database can hold and every zone can show."""

    default_error_messages = {"out_of_time": _lazy("No document is of that year.")}

    def to_internal_value(self, value):
        moment = super().to_internal_value(value)
        if not 2000 <= moment.year < 2200:
            self.fail("out_of_time")
        return moment


class _Text(StrictSerializer):
    label = serializers.CharField(max_length=80, allow_blank=True)
    text = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True, trim_whitespace=False)


class _Signed(StrictSerializer):
    by = serializers.CharField(max_length=120)
    at = _Moment()
    sha256 = serializers.RegexField(r"\A[0-9a-f]{64}\Z")


class _Acknowledged(StrictSerializer):
    by = serializers.CharField(max_length=120)
    at = _Moment()
    note = serializers.CharField(max_length=300, allow_blank=True)


class DocumentSerializer(StrictSerializer):
    """A document of version 1."""

    version = serializers.IntegerField(min_value=1, max_value=rules.VERSION)
    id = serializers.RegexField(r"\A[A-Za-z0-9_-]{8,40}\Z", help_text="The same for each try")
    kind = serializers.ChoiceField(choices=Kind.choices)
    number = serializers.CharField(max_length=60)
    title = serializers.CharField(max_length=200)
    sent_at = _Moment(help_text="When it was handed over there; it may have waited since")
    texts = _Text(many=True, max_length=MOST_TEXTS)
    signed = _Signed(allow_null=True)
    due_at = _Moment(allow_null=True)
    about = serializers.CharField(max_length=40, allow_blank=True)
    acknowledged = _Acknowledged(allow_null=True)

    def get_fields(self):
        # "from" is a word of Python.
        return {
            **super().get_fields(),
            "from": serializers.CharField(max_length=32),
            "to": serializers.CharField(max_length=32),
        }


class ReceiptShape(serializers.Serializer):
    """What the receiving installation answers, and signs."""

    id = serializers.CharField()
    sha256 = serializers.CharField(help_text="Of the document's bytes")
    received_at = _Moment(help_text="When it was stored, also for a repetition")
    number = serializers.CharField(help_text="Under which it is kept there")

    def get_fields(self):
        return {**super().get_fields(), "from": serializers.CharField(), "to": serializers.CharField()}


class _ReceiptReader(StrictSerializer, ReceiptShape):
    """A receipt that came back. Its times and numbers are stored, so they are held to their length."""

    number = serializers.CharField(max_length=60)


class Written(NamedTuple):
    """A document as it is sent."""

    uid: str
    body: str
    sha256: str


def write(
    *,
    kind: str,
    sender: str,
    to: str,
    number: str,
    title: str,
    at: datetime,
    texts: Iterable[tuple[str, str]] = (),
    signed: Mapping[str, str] | None = None,
    due_at: datetime | None = None,
    about: str = "",
    acknowledged: Mapping[str, str] | None = None,
) -> Written:
    uid = rules.new_id()
    body = json.dumps(
        {
            "version": rules.VERSION, "id": uid, "kind": str(kind), "from": sender, "to": to, "number": number,
            "title": title, "sent_at": stamp(at), "texts": [{"label": label, "text": fit_to_pass(text)} for label, text in texts],
            "signed": signed, "due_at": stamp(due_at) if due_at else None, "about": about,
            "acknowledged": acknowledged,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )  # fmt: skip
    return Written(uid, body, digest(body.encode()))


def fit_to_pass(text: str) -> str:
    """Masked as all that is kept, but for landlines: a report ends with the duty room's, to be rung back."""
    for found in reversed(personal_data_in(text)):
        if found.kind != "landline":
            text = text[: found.begin] + found.masked + text[found.end :]
    return text


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def read(body: bytes) -> dict[str, Any]:
    """A document that came in. Raises Invalid for what is none, with the field; `unknown_version` before all else."""
    found = _object(body)
    version = found.get("version")
    if isinstance(version, int) and not isinstance(version, bool) and version > rules.VERSION:
        raise Invalid(
            "unknown_version",
            _(
                "The document was not taken: it is of version %(theirs)s, and this installation reads up to %(ours)s. "
                "Tell it another way, and have this installation updated."
            )
            % {"theirs": str(version)[:12], "ours": rules.VERSION},
        )
    return validated(DocumentSerializer, found)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or _is_impossible(found):
        raise Invalid(
            "not_a_document", _("The document was not taken: it is no JSON object that could be stored. Write it anew.")
        )  # fmt: skip
    return found


def _is_impossible(found: dict[str, Any]) -> bool:
    try:
        return impossible_within(found)
    except RecursionError:
        return True


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


# --- receipts --------------------------------------------------------------------------------------------------


class Receipt(NamedTuple):
    received_at: datetime
    number: str


def write_receipt(
    *, uid: str, sha256: str, sender: str, to: str, received_at: datetime, number: str
) -> dict[str, str]:
    return {
        "id": uid, "sha256": sha256, "from": sender, "to": to, "received_at": stamp(received_at), "number": number,
    }  # fmt: skip


def read_receipt(body: bytes, *, uid: str, sha256: str, sender: str, to: str) -> Receipt | None:
    """What the other installation confirms of this document; None where it is about another one, or is no receipt."""
    try:
        said = validated(_ReceiptReader, _object(body))
    except (Invalid, serializers.ValidationError):
        return None
    if (said["id"], said["sha256"], said["from"], said["to"]) != (uid, sha256, sender, to):
        return None
    return Receipt(said["received_at"].astimezone(UTC), said["number"])


# --- keys on their way to the other installation ---------------------------------------------------------------


class HandedOver(NamedTuple):
    """What another installation said of itself."""

    uid: str
    name: str
    address: str
    publics: tuple[str, ...]


def text_to_hand_over(*, uid: str, name: str, address: str, publics: Iterable[str]) -> str:
    """Lines that a person carries over: nothing in it is secret."""
    lines = [f"{HANDED_OVER}: {rules.VERSION}", f"id: {uid}", f"name: {name}", f"address: {address}"]
    return "\n".join(lines + [f"key: {public}" for public in publics])


def read_handed_over(text: str) -> HandedOver:
    """Raises Invalid for what was not written by `text_to_hand_over`."""
    pairs = [_LINE.fullmatch(line.strip()) for line in text.splitlines() if line.strip()]
    said = {pair[1].lower(): tidy(pair[2]) for pair in pairs if pair}
    publics = tuple(tidy(pair[2]) for pair in pairs if pair and pair[1].lower() == "key")
    whole = (
        said.get(HANDED_OVER) == str(rules.VERSION)
        and len(said.get("id", "")) == 32
        and 0 < len(said.get("name", "")) <= 80
        and 0 < len(said.get("address", "")) <= 300
        and 0 < len(publics) <= rules.MOST_KEYS
        and all(keys.is_public(public) for public in publics)
    )
    if not whole:
        sentence = _(
            "Nothing was added: this is not the text that the other installation shows under “Exchange → Our keys”. Have it "
            "copied whole, and paste it as it is."
        )
        raise Invalid("not_handed_over", sentence, fields={"handed_over": [sentence]})
    return HandedOver(said["id"], said["name"], said["address"].rstrip("/"), publics)


def code_of(body: bytes) -> str:
    """The code of a refusal; "refused" where it has none that we could keep."""
    try:
        code = _object(body).get("code")
    except Invalid:
        code = None
    return code if isinstance(code, str) and re.fullmatch(r"[a-z_]{1,40}", code) else "refused"


def shown(body: str) -> tuple[list[dict[str, str]], datetime | None]:
    """The texts of a document of ours, and by when it asks for something; nothing where they are not kept."""
    if not body:
        return [], None
    said = json.loads(body)
    return said["texts"], datetime.fromisoformat(said["due_at"]) if said["due_at"] else None
