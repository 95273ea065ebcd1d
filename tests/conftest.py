"""Before the settings are read: a state directory, a Redis and, if asked for, a PostgreSQL of the tests alone."""

import atexit
import contextlib
import os
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from telehealth import embedded  # noqa: E402 - the path comes first
from telehealth.messages import compile_messages  # noqa: E402
from tests import services  # noqa: E402

pytest_plugins = ["tests.product"]
OUR_OWN = ("REDIS_URL", "DATABASE_URL", "NARU_STATE", "SECRET_KEY", "NARU_DEMO", "STATIC_ROOT", "MEDIA_ROOT")
LAST = {"chromium", "sign_in", "product"}  # fixtures whose tests run the whole product
IN_REAL_TIME = ("device_check", "faults", "firefox", "people", "reach", "recording", "rescue", "weak_links", "whole_visit")
ALONE = ("tests/ops/", *(f"tests/journeys/test_{name}.py" for name in IN_REAL_TIME))


def begin(stack: contextlib.ExitStack) -> None:
    """Whatever the developer's own Naru uses, the tests do not touch it."""
    for name in OUR_OWN:
        os.environ.pop(name, None)
    os.environ["NARU_STATE"] = stack.enter_context(tempfile.TemporaryDirectory(prefix="naru-test-"))
    os.environ["REDIS_URL"] = stack.enter_context(services.redis())
    if os.environ.get("NARU_TEST_DATABASE") == "postgresql":
        os.environ["DATABASE_URL"] = os.environ["NARU_TEST_POSTGRES"] = stack.enter_context(services.postgres())
    os.environ["DJANGO_SETTINGS_MODULE"] = "telehealth.settings"
    compile_messages()


stack = contextlib.ExitStack()
atexit.register(stack.close)
try:
    begin(stack)
except (services.Missing, embedded.NoRedis) as missing:
    pytest.exit(str(missing), returncode=2)

import django.conf  # noqa: E402 - not before the environment is ours
import django.test  # noqa: E402

# Reads the settings now. A slow hash protects real passwords; here it would only cost minutes.
django.conf.settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
django.conf.settings.STATIC_ROOT.mkdir(exist_ok=True)


def _asks_a_database(item) -> bool:
    is_case = isinstance(item.cls, type) and issubclass(item.cls, django.test.TransactionTestCase)
    return is_case or item.get_closest_marker("django_db") is not None or bool(LAST & set(getattr(item, "fixturenames", ())))


def pytest_collection_modifyitems(items):
    """Quick tests first; marked is what needs the machine to itself, and what needs no database and so no second pass."""
    for item in items:
        if item.nodeid.startswith(ALONE):
            item.add_marker("alone")
        elif not _asks_a_database(item):
            item.add_marker("once")
    items.sort(key=lambda item: bool(LAST & set(getattr(item, "fixturenames", ()))))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Nothing is silently skipped: what was not tested has failed."""
    report = (yield).get_result()
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and so not tested: {call.excinfo.value}"


@pytest.fixture(autouse=True)
def layer_of_this_loop():
    """Each test has an event loop of its own, and the locks of a channel layer belong to the loop that first waited for them."""
    from channels.layers import channel_layers

    channel_layers.backends.clear()
