"""Static files with hashed names, ES-module imports between our own files included."""

import re

import rjsmin
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
        """Our own files go out without what only people need: a telephone on a weak network reads neither."""
        mine = [] if dry_run else [path for path in paths if path.startswith(("css/", "js/"))]
        for path in mine:
            with self.open(path) as file:
                text = file.read().decode()
            self.delete(path)
            self._save(path, ContentFile(bare(path, text).encode()))
        # Hashed and compressed is what was written here, not the file it came from.
        paths = {**paths, **{path: (self, path) for path in mine}}
        yield from super().post_process(paths, dry_run, **options)


def bare(path: str, text: str) -> str:
    """A style sheet or a script without comments, and without the space that only people need; else as it is."""
    if path.endswith(".js"):
        return rjsmin.jsmin(text)
    return bare_styles(text) if path.endswith(".css") else text


def bare_styles(text: str) -> str:
    told = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    # An empty value keeps its blank: before 2021 browsers took `--dark:;` for a mistake.
    return re.sub(r"(?<!:)\s*([{};,])\s*|(?<=:)\s+(?!\s*;)| (>) ", r"\1\2", told).strip()
