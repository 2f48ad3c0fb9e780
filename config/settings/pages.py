"""What browsers are told about safety, languages, and static files."""

import sys

from common.dates.local_time import LOCAL
from config.environment import env
from config.settings.installation import BASE_DIR, DATA_DIR, HTTPS

SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
#: Tiles of a map that browsers fetch themselves; empty: none. The only host besides our own that a page may ask.
MAP_TILES_URL = env.tiles("MAP_TILES_URL")
#: The coordinate system of these tiles; empty: not stated.
MAP_TILES_CRS = env("MAP_TILES_CRS", default="")
if MAP_TILES_CRS not in ("", "WGS84", "CGCS2000", "GCJ02", "BD09"):
    sys.exit(f"MAP_TILES_CRS={MAP_TILES_CRS!r} is none of WGS84, CGCS2000, GCJ02, BD09. Not started.")
#: Who made the map and its approval number (审图号), below the map.
MAP_ATTRIBUTION = env("MAP_ATTRIBUTION", default="")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *(["/".join(MAP_TILES_URL.split("/")[:3])] if MAP_TILES_URL else [])],
        "media-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "language"
LOCALE_PATHS = sorted(path for path in (BASE_DIR / "locale").glob("*") if path.is_dir())
USE_I18N = True
USE_TZ = True
TIME_ZONE = LOCAL.key

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
#: What the suite's journeys take of the screens: for README and docs, and for the handbooks inside the product.
PICTURES_FOLDER = BASE_DIR / "docs" / "images"
STATICFILES_DIRS = [BASE_DIR / "static", ("pictures", PICTURES_FOLDER)]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "common.web.static.SwaggerFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": env("STATIC_STORAGE", default="common.web.static.StaticStorage")},
}
