"""A partner is called a partner, here as on the pages."""

from django.db import migrations, models
from django.db.models import Q

#: Constraints and indexes name their columns, and Django renames a column without them.
RULES = {
    "outgoing": models.UniqueConstraint(
        fields=["partner", "kind", "subject"], condition=~Q(subject=""), name="a_thing_goes_to_a_partner_once"
    ),
    "incoming": models.UniqueConstraint(fields=["partner", "uid"], name="a_document_of_a_partner_once"),
    "partnerkey": models.UniqueConstraint(
        fields=["partner", "public"], condition=~Q(state="withdrawn"), name="a_key_once_per_partner"
    ),
    "refusal": models.UniqueConstraint(
        fields=["partner", "uid", "sha256", "code"], name="a_refusal_is_counted_once"
    ),
}
DUE = models.Index(fields=["partner", "next_at"], condition=Q(state="queued"), name="exchange_document_due")


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [
        migrations.RenameModel("Peer", "Partner"),
        migrations.RenameModel("PeerKey", "PartnerKey"),
        migrations.RemoveIndex("outgoing", DUE.name),
        *(migrations.RemoveConstraint(model, rule.name) for model, rule in RULES.items()),
        *(migrations.RenameField(model, "peer", "partner") for model in RULES),
        *(migrations.AddConstraint(model, rule) for model, rule in RULES.items()),
        migrations.AddIndex("outgoing", DUE),
    ]
