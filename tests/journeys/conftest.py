"""People of the demo in real browser windows, in front of the whole product."""

import contextlib
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests import services
from tests.product import running
from tests.weak_link import WeakLink, free_port


@pytest.fixture(scope="package")
def playwright():
    """It brings an event loop with it: these tests speak to the product over HTTP only."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def chromium(playwright):
    """A real browser."""
    browser = playwright.chromium.launch(executable_path=services.browser(), args=services.BROWSER_FLAGS)
    yield browser
    browser.close()


def strict(chromium):
    """A browser that asks before it opens camera and microphone; nobody answers, so it opens neither."""
    flags = [flag for flag in services.BROWSER_FLAGS if "fake-ui" not in flag]
    return chromium.browser_type.launch(executable_path=services.browser(), args=flags)


@pytest.fixture
def sign_in(product, chromium):
    """Open a window of one's own and become somebody of the demo, by name; without a name nobody signs in.

    Camera and microphone are `allowed`, or the browser refuses them.
    """
    windows = []

    def become(name, allowed=True, **options):
        browser = chromium if allowed else strict(chromium)
        devices = ["camera", "microphone"] if allowed else []
        window = browser.new_context(permissions=devices, base_url=product.url, **options)
        windows.append(window)
        page = window.new_page()
        page.set_default_timeout(20_000)
        if name:
            page.goto("/demo/")
            page.get_by_role("button", name=name).click()
        return page

    yield become
    for window in windows:
        window.close()
        if window.browser is not chromium:
            window.browser.close()


@pytest.fixture(scope="package")
def link():
    """A link that can be made narrow, cut and moved; clear at first."""
    with contextlib.closing(WeakLink(free_port_of_media := free_port())) as link:
        link.media_port = free_port_of_media
        yield link


@pytest.fixture(scope="package")
def product_by_link(link):
    """A product whose media is reached by the link only."""
    media = {"MEDIA_ADDRESSES": f"127.0.0.1:{link.port}=127.0.0.1", "MEDIA_PORTS": str(link.media_port)}
    with tempfile.TemporaryDirectory(prefix="naru-weak-") as folder, running(Path(folder) / "state", **media) as started:
        yield started
