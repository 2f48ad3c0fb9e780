"""The words of accounts: tiers of units, kinds of posts, ways to hold a post."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tier(models.TextChoices):
    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    COUNTY = "county", _("County")
    TOWNSHIP = "township", _("Township")
    VILLAGE = "village", _("Village")


class PostKind(models.TextChoices):
    DIRECTOR = "director", _("Director")
    DEPUTY_DIRECTOR = "deputy_director", _("Deputy director")
    DUTY_LEADER = "duty_leader", _("Duty leader")
    DUTY_OFFICER = "duty_officer", _("Duty officer")
    PETITION_DIRECTOR = "petition_director", _("Head of the petition office")
    OFFICE_HEAD = "office_head", _("Head of the judicial office")
    RECEIVING_LEADER = "receiving_leader", _("Receiving leader")
    CLERK = "clerk", _("Clerk")
    INFORMANT = "informant", _("Informant")
    SQUAD = "squad", _("Squad member")
    FIRST_RESPONDER = "first_responder", _("First responder")
    EXPERT = "expert", _("Expert")
    AUDITOR = "auditor", _("Auditor")
    SYSADMIN = "sysadmin", _("System administrator")
    SECADMIN = "secadmin", _("Security administrator")


class HeldAs(models.TextChoices):
    HOLDER = "holder", _("Holder")
    #: AB角: the standing stand-in of the holder.
    DEPUTY = "deputy", _("Standing deputy")
    #: A delegation for a time, with a reason; it always ends.
    DELEGATE = "delegate", _("Delegate")
