"""Static files with hashed names, ES-module imports between our own files included."""

import re
from importlib.util import find_spec
from pathlib import Path

import rjsmin
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class SwaggerFinder(BaseFinder):
    """Swagger UI for /api/docs/: two files out of drf-spectacular-sidecar, below `swagger/`.

    The package is no app of ours: as one it would bring Redoc and every source map along, 9 MB to collect and compress
    at the first start of each installation.
    """

    FILES = ("swagger-ui-bundle.js", "swagger-ui.css")

    def __init__(self, app_names=None, *args, **kwargs):
        package = Path(find_spec("drf_spectacular_sidecar").origin).parent
        self.storage = FileSystemStorage(package / "static/drf_spectacular_sidecar/swagger-ui-dist")
        self.storage.prefix = "swagger"

    def check(self, **kwargs):
        return []

    def find(self, path, find_all=False):
        folder, _, name = path.partition("/")
        found = [self.storage.path(name)] if folder == "swagger" and name in self.FILES else []
        return found if find_all else (found or [None])[0]

    def list(self, ignore_patterns):
        for name in self.FILES:
            yield name, self.storage


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
        """Our own files go out without what only people need: a telephone on a weak network reads neither. Those of
        Swagger UI lose the name of their source map, which is not here."""
        mine = [] if dry_run else [path for path in paths if path.startswith(("css/", "js/", "swagger/"))]
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
    if path.startswith("swagger/"):
        return re.sub(r"^(//|/\*)# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)
    if path.endswith(".js"):
        return rjsmin.jsmin(text)
    return bare_styles(text) if path.endswith(".css") else text


def bare_styles(text: str) -> str:
    told = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    # An empty value keeps its blank: before 2021 browsers took `--dark:;` for a mistake.
    return re.sub(r"(?<!:)\s*([{};,])\s*|(?<=:)\s+(?!\s*;)| (>) ", r"\1\2", told).strip()
