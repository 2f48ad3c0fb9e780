"""What the API answers about pictures and the yearly figures."""

from rest_framework import serializers

from common.api.serializers import Shape


class SeriesShape(Shape):
    """One row of figures of a picture."""

    look = serializers.CharField()
    label = serializers.CharField()
    values = serializers.ListField(child=serializers.IntegerField())


class PictureShape(Shape):
    """A picture: what it counts, and its figures."""

    picture = serializers.CharField()
    title = serializers.CharField()
    definition = serializers.CharField()
    names = serializers.ListField(child=serializers.CharField(), help_text="Of the values, in their order")
    series = SeriesShape(many=True)
    adds = serializers.BooleanField(help_text="Whether its series add up to a whole")


class PicturesShape(Shape):
    """What the pictures of twelve months show."""

    unit = serializers.CharField(help_text="The unit's code")
    first = serializers.CharField()
    last = serializers.CharField()
    pictures = PictureShape(many=True)


class FigureShape(Shape):
    """A line of the yearly report."""

    figure = serializers.CharField()
    part = serializers.CharField()
    label = serializers.CharField()
    value = serializers.IntegerField()
    definition = serializers.CharField()


class YearlyFiguresShape(Shape):
    """The lines of the yearly report."""

    unit = serializers.CharField(help_text="The unit's code")
    year = serializers.IntegerField()
    figures = FigureShape(many=True)
