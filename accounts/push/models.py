"""A browser that is told without an open page: where its push service takes messages, and the keys they are sealed with."""

from django.conf import settings
from django.db import models

from accounts.access.user_agents import words_for
from common.database.encrypted_fields import SealedField


class PushDevice(models.Model):
    """One browser of one person. The row gone, nothing is sent there any more."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_devices"
    )
    #: The session it was last renewed in: who signs out there is told nothing more. One that grew old leaves it empty.
    session = models.ForeignKey(
        "accounts.OpenSession", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    device = models.CharField(max_length=200, blank=True, default="")
    #: Whoever knows the address may send there: sealed. At most accounts.push.rules.LONGEST characters.
    endpoint = SealedField(max_length=1500)
    #: Keyed digest of the address: the table gives none away.
    mark = models.CharField(max_length=64, unique=True)
    #: Of the push service, as the settings may name it.
    host = models.CharField(max_length=120)
    #: What the browser made for this subscription (RFC 8291): its public key and a secret, as base64url.
    p256dh = SealedField(max_length=200)
    auth = SealedField(max_length=120)
    registered_at = models.DateTimeField()
    #: At each sign-in there; one that nobody signs in with any more is forgotten.
    renewed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["renewed_at"], name="push_device_renewed")]

    def __str__(self):
        return f"{self.person_id} {self.host}"

    @property
    def device_words(self):
        return words_for(self.device)
