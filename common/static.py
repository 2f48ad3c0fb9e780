"""Static files with hashed names, ES-module imports between our own files included."""

import re

from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.files.base import ContentFile
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

    def post_process(self, paths, dry_run=False, **options):
        """Our own styles go out without comments and indentation: a telephone on a weak network reads neither."""
        for path in (
            () if dry_run else [path for path in paths if path.startswith("css/") and path.endswith(".css")]
        ):
            with self.open(path) as file:
                text = file.read().decode()
            self.delete(path)
            self._save(path, ContentFile(bare(text).encode()))
        yield from super().post_process(paths, dry_run, **options)


def bare(styles: str) -> str:
    """Style sheets without comments, and each rule on a line without its indentation."""
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", styles, flags=re.DOTALL)).lstrip()
