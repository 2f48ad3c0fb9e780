"""The words of partners: what kind of agency it is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartnerKind(models.TextChoices):
    """In the order in which they are phoned: who saves lives first.

    Source: district plan §1.3(3) names police, traffic, fire, health, market supervision, urban management, housing;
    city plan §3.3 police station, health centre, village committee, §4.2(2) 120; county plan 四 the petition bureau.
    """

    AMBULANCE = "ambulance", _("Emergency medical service (120)")
    FIRE = "fire", _("Fire and rescue")
    POLICE = "police", _("Police")
    POLICE_STATION = "police_station", _("Police station")
    TRAFFIC = "traffic", _("Traffic")
    HEALTH = "health", _("Health authority")
    HEALTH_CENTRE = "health_centre", _("Health centre")
    PETITION_BUREAU = "petition_bureau", _("Petition bureau")
    LINKAGE_CENTRE = "linkage_centre", _("Emergency linkage centre")
    MARKET_SUPERVISION = "market_supervision", _("Market supervision")
    URBAN_MANAGEMENT = "urban_management", _("Urban management")
    HOUSING = "housing", _("Housing and construction")
    VILLAGE_COMMITTEE = "village_committee", _("Village committee")
    OTHER = "other", _("Other agency")
