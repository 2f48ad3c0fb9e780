from django.urls import path

from exchange import api

urlpatterns = [path("exchange/documents/", api.Documents.as_view(), name="exchange-documents")]
