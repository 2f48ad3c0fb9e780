"""Who looks at pages: a browser without scripts, signed in or not, and Chromium."""

import os
import shutil

import pytest
from django.test import Client

#: The whole browser: it alone knows notices of the desktop.
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
#: The same without tabs, menus and windows of its own to draw, where it is installed: a quarter less work for the same page.
HEADLESS = shutil.which("chromium-headless-shell") or CHROMIUM
#: Chromium as root in a container, and nothing that looks for the internet.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--no-first-run"]  # fmt: skip


@pytest.fixture
def browser():
    """A browser that has signed in nowhere."""
    return Client()


@pytest.fixture
def signed_in(cast):
    """signed_in("county1.duty", "en") → a fresh browser of that person, who reads that language."""

    def sign_in(username, language=""):
        browser = Client()
        browser.force_login(cast[username])
        if language:
            browser.cookies["language"] = language
        return browser

    return sign_in


@pytest.fixture(scope="module")
def playwright():
    """Of one module: where Playwright runs, no other event loop can."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def chromium(playwright):
    browser = playwright.chromium.launch(executable_path=HEADLESS, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def whole_chromium(playwright):
    """For notices of the desktop."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()
