#!/usr/bin/env python
"""Run a management command of the incident command dashboard."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if not os.environ.get("DATABASE_URL"):
        # Everything is in DATA_DIR, sessions and passwords too, and nobody else's business on this machine.
        os.umask(0o077)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
