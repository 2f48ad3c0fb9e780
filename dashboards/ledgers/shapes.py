"""What the API answers about ledgers."""

from rest_framework import serializers

from common.api.serializers import Shape


def _words(text: str) -> serializers.DictField:
    return serializers.DictField(child=serializers.CharField(), help_text=text)


class LedgerShape(Shape):
    """A ledger, with its columns and what it can be filtered by."""

    ledger = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField()
    cite = serializers.CharField(allow_null=True)
    columns = _words("Name of a field → its head")
    states = _words("State → its words")
    kinds = _words("Kind → its words")


class LedgersShape(Shape):
    """The ledgers this caller may open."""

    results = LedgerShape(many=True)


class LedgerEntriesShape(Shape):
    """One page of a ledger, the newest entries first."""

    next = serializers.CharField(allow_null=True, help_text="Address of the next page; null on the last")
    previous = serializers.CharField(allow_null=True, help_text="Address of the page before")
    results = serializers.ListField(
        child=serializers.DictField(), help_text="A field for each column, and `page`, the entry's address"
    )


class LedgerMonthShape(Shape):
    """How many entries a month has."""

    month = serializers.CharField(help_text="YYYY-MM")
    entries = serializers.IntegerField()


class LedgerYearShape(Shape):
    """How many entries each month of a year has, and each state."""

    ledger = serializers.CharField()
    year = serializers.IntegerField()
    unit = serializers.CharField(allow_null=True, help_text="The unit's code")
    months = LedgerMonthShape(many=True)
    states = serializers.DictField(child=serializers.IntegerField(), help_text="State → how many")
    entries = serializers.IntegerField()
