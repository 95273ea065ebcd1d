"""The whole product, as `make run` starts it, and a real browser in front of it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests import services


class Product:
    """Naru running in a folder of its own."""

    def __init__(self, state: Path, port: int, environment: dict):
        self.state, self.address, self.environment = state, f"http://localhost:{port}", environment
        command = [sys.executable, "manage.py", "run", "--port", str(port)]
        self.log = state / "console.log"
        with self.log.open("w") as console:
            self.process = subprocess.Popen(command, env=environment, stdout=console, stderr=console)

    def wait_until_ready(self):
        for _attempt in range(600):
            if "Naru is running" in self.log.read_text():
                return
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def pid(self, name) -> int:
        return json.loads((self.state / "run.json").read_text())[name]

    def kill(self, name):
        """Kill one process the hard way, with its children."""
        os.killpg(self.pid(name), signal.SIGKILL)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)

    def is_up(self):
        try:
            return urllib.request.urlopen(f"{self.address}/healthz", timeout=2).status == 200
        except (urllib.error.URLError, OSError):
            return False


def start_product(state: Path) -> Product:
    """Start the product with its own Redis; on PostgreSQL in a fresh database if the pass says so."""
    environment = {key: value for key, value in os.environ.items() if key not in ("REDIS_URL", "DATABASE_URL", "SECRET_KEY")}
    environment |= {"NARU_STATE": str(state), "MEDIA_ADDRESSES": "127.0.0.1"}
    if postgres := os.environ.get("NARU_TEST_POSTGRES"):
        environment["DATABASE_URL"] = _fresh_database(postgres)
    return Product(state, services.embedded.free_port(), environment)


def _fresh_database(url):
    import psycopg

    name = f"naru_{time.time_ns()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.rsplit("/", 1)[0] + f"/{name}"


@pytest.fixture(scope="session")
def product():
    with tempfile.TemporaryDirectory(prefix="naru-product-") as folder:
        running = start_product(Path(folder))
        try:
            running.wait_until_ready()
            yield running
        finally:
            running.stop()


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=services.browser(), args=services.BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def sign_in(product, chromium, request):
    """Open a window of one's own and become somebody of the demo, by name."""
    windows = []

    def become(name, language=None, **options):
        window = chromium.new_context(permissions=["camera", "microphone"], base_url=product.address, **options)
        windows.append(window)
        page = window.new_page()
        page.set_default_timeout(20_000)
        if name:
            page.goto("/demo/")
            page.get_by_role("button", name=name).click()
        if language and page.locator("html").get_attribute("lang") != language:
            page.locator(f".naru-language button[value={language}]").click()
        return page

    yield become
    for window in windows:
        window.close()
