"""Is this input well formed? And what the API and the archive say."""

from django import forms
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.sign_in.credentials import CredentialField
from command.destruction import queries
from command.destruction.choices import DataKind, Ground
from command.destruction.models import Certificate, CertificateItem
from command.destruction.queries import OfDestruction
from common.api.serializers import StrictSerializer
from common.dates.date_fields import ApiDayField, day_field
from common.dates.local_time import day_of
from common.web.needed import needed

_WHY_LAW = _("Legality: the provision that allows it.")
_WHY_NEEDED = _("Necessity: what cannot be done without it.")
_WHY_SAFE = _("Safety: who may open it, where it stands.")


class AssessmentForm(forms.Form):
    """Why one kind of data is kept; the action says what is missing."""

    use_required_attribute = False

    ground = forms.ChoiceField(label=_("What it is kept for"), choices=Ground.choices)
    legal_basis = needed(
        forms.CharField(label=_("On which law"), max_length=200, required=False, help_text=_WHY_LAW)
    )
    reason = needed(
        forms.CharField(label=_("Why it is needed"), max_length=300, required=False, help_text=_WHY_NEEDED)
    )
    safeguards = needed(
        forms.CharField(label=_("How it is protected"), max_length=300, required=False, help_text=_WHY_SAFE)
    )
    until = day_field(label=_("Until when"), required=False)


class SignForm(forms.Form):
    """Whoever destroys, or keeps, is asked again who they are."""

    use_required_attribute = False

    credential = CredentialField(
        label=_("Your password, or a one-time code"),
        help_text=_("Asked again because this is your signature."),
    )


class AssessmentSerializer(StrictSerializer):
    """All three assessments in words; `until` may be left out for `signed` and `journal` alone."""

    ground = serializers.ChoiceField(choices=Ground.choices)
    legal_basis = serializers.CharField(max_length=200)
    reason = serializers.CharField(max_length=300)
    safeguards = serializers.CharField(max_length=300)
    until = ApiDayField(required=False, allow_null=True, default=None)


class KeptSerializer(AssessmentSerializer):
    kind = serializers.ChoiceField(choices=DataKind.choices)


class IssueSerializer(StrictSerializer):
    """`list_code` is that of the list which was looked at; every kind that is not in `kept` is destroyed."""

    list_code = serializers.CharField(max_length=64)
    kept = KeptSerializer(many=True, required=False, default=list)
    credential = serializers.CharField(max_length=200, trim_whitespace=False)


class ItemActSerializer(StrictSerializer):
    """The assessment when it is kept longer; the credential either way."""

    ground = serializers.ChoiceField(choices=Ground.choices, required=False)
    legal_basis = serializers.CharField(max_length=200, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)
    safeguards = serializers.CharField(max_length=300, required=False, allow_blank=True)
    until = ApiDayField(required=False, allow_null=True)
    credential = serializers.CharField(max_length=200, trim_whitespace=False)


def whole(found: OfDestruction) -> dict:
    return {
        "asked": found.is_asked,
        "due_at": found.clock.due_at if found.clock else None,
        "list_code": found.list_code or None,
        "gathered": [
            {"kind": line.kind, "title": line.kind.label, "count": line.amount, "only_kept": line.only_kept}
            for line in found.lines
        ],
        "certificate": detail(found.certificate) if found.certificate else None,
        "may": {line.row.kind: line.verbs for line in found.items},
        "earlier": [detail(one) for one in found.earlier],
    }


def detail(certificate: Certificate) -> dict:
    return {
        "number": certificate.number,
        "closed_at": certificate.closed_at,
        "issued_at": certificate.issued_at,
        "issued_by": str(certificate.issued_by),
        "post": certificate.issuer_post,
        "sha256": certificate.sha256,
        "items": [item_detail(item) for item in certificate.items.all()],
    }


def item_detail(item: CertificateItem) -> dict:
    return {
        "id": item.pk,
        "kind": item.kind,
        "title": item.get_kind_display(),
        "count": item.count,
        "state": item.state,
        "method": item.method or None,
        "sha256": queries.hashes_of(item) or None,
        "ground": item.ground or None,
        "legal_basis": item.legal_basis or None,
        "reason": item.reason or None,
        "safeguards": item.safeguards or None,
        "until": day_of(item.until) if item.until else None,
        "settled_by": str(item.settled_by),
        "settled_at": item.settled_at,
        "post": item.settled_post or None,
        "rev": item.rev,
    }
