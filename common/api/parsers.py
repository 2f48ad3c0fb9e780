"""How the API reads what comes in."""

from rest_framework import exceptions, parsers


class JSONParser(parsers.JSONParser):
    """JSON, with a body nested thousands deep refused like any other that cannot be read."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise exceptions.ParseError("The body is nested too deep.") from None
