#!/usr/bin/env python
"""Naru's command line."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "telehealth.settings")
    try:
        from django.core.management import execute_from_command_line
    except ModuleNotFoundError:
        sys.exit("This Python does not know Naru's packages. Once: make setup. Then: .venv/bin/python manage.py ...")
    execute_from_command_line(sys.argv)
