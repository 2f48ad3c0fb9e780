"""Settings. Two profiles, one code base: DATABASE_URL and REDIS_URL alone choose between them.

Neither set = embedded: one process, SQLite, in-process layer, the engine's turn as a ticker.
Every variable read here is listed with unit and default in `.env.example`.
"""

from config.settings.api import *
from config.settings.application import *
from config.settings.installation import *
from config.settings.operation import *
from config.settings.outside import *
from config.settings.pages import *
from config.settings.people import *
from config.settings.sign_on import *
from config.settings.storage import *
