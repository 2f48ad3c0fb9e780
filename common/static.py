"""Static files with hashed names, ES-module imports between our own files included."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Django's own switch for module imports also reads third-party files and fails on an import inside a
    comment of one of them; the pattern for our own folder alone does what we need. It only matches
    imports that end in a semicolon."""

    support_js_module_import_aggregation = False
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", HashedFilesMixin._js_module_import_aggregation_patterns[1]),
    )
