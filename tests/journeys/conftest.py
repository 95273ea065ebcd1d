"""People of the demo in real browser windows, in front of the whole product."""

import pytest
from playwright.sync_api import sync_playwright

from tests import services


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


@pytest.fixture
def sign_in(product, chromium):
    """Open a window of one's own and become somebody of the demo, by name; without a name nobody signs in."""
    windows = []

    def become(name, **options):
        window = chromium.new_context(permissions=["camera", "microphone"], base_url=product.url, **options)
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
