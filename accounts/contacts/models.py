"""Whether a telephone number is known to ring with its owner. The number itself stays with the account."""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy


class Proof(models.TextChoices):
    CODE = "code", pgettext_lazy("contact", "a code sent there was typed in")
    CALL = "call", pgettext_lazy("contact", "rung by hand, and the owner answered")
    ANSWER = "answer", pgettext_lazy("contact", "a test notice was answered from there")


class VerifiedNumber(models.Model):
    """A proof that this person answers at a number. It is for that number only: a new one needs its own."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="verified_numbers"
    )
    #: Keyed digest of the number: the table gives none away.
    mark = models.CharField(max_length=64)
    proof = models.CharField(max_length=8, choices=Proof)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "mark"], name="one_proof_per_number")]

    def __str__(self):
        return f"{self.person_id} {self.proof}"


class NumberCode(models.Model):
    """A code on its way to a number. Only its keyed digest is kept; the newest one counts."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="number_code"
    )
    mark = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self):
        return f"code of {self.person_id}"
