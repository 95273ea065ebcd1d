"""Tests need a real Redis: `make test` gives one; a lone pytest starts its own here, before settings are read."""

import atexit
import os
import tempfile

from tests import services

if "REDIS_URL" not in os.environ:
    _redis = services.redis()
    os.environ["REDIS_URL"] = _redis.__enter__()
    atexit.register(_redis.__exit__, None, None, None)
os.environ.setdefault("NARU_STATE", tempfile.mkdtemp(prefix="naru-test-"))
