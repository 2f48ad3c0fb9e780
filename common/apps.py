from django.apps import AppConfig
from django.urls import register_converter

from common.web.codes_in_urls import CodeConverter


class CommonConfig(AppConfig):
    name = "common"

    def ready(self):
        from common import lean  # noqa: F401 - before anything imports the REST framework

        # Before the lists of addresses are read.
        register_converter(CodeConverter, "code")
