"""The providers of tests/oidc_provider.py and tests/saml_provider.py in processes of their own, and what is said to them."""

import subprocess
import sys
from pathlib import Path

import pytest
import requests

from config.saml import read_provider
from tests.oidc_provider import CLIENT, SECRET

TOP = Path(__file__).resolve().parent.parent


class RunningProvider:
    module = "tests.oidc_provider"

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", self.module], cwd=TOP, stdout=subprocess.PIPE, text=True
        )
        self.root = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        self.issuer = f"{self.root}/realm"

    def tell(self, **what) -> list[str]:
        """Change what it does; returns what it was asked for until now."""
        return requests.post(f"{self.root}/control", json=what, timeout=5).json()

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class RunningSamlProvider(RunningProvider):
    module = "tests.saml_provider"

    def metadata(self, folder: Path) -> Path:
        """Its metadata in a file, as an operator gets them."""
        file = folder / "provider.xml"
        file.write_bytes(requests.get(f"{self.root}/metadata", timeout=5).content)
        return file


@pytest.fixture(scope="session")
def _running_provider():
    running = RunningProvider()
    yield running
    running.stop()


@pytest.fixture
def provider(_running_provider, settings):
    """It answers in order, and the installation knows it; nobody is signed in there."""
    running = _running_provider
    running.tell(user="", claims={}, mode="ok", seconds=0, at="")
    settings.OIDC_ISSUER, settings.OIDC_NAME = running.issuer, "市级统一认证"
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT, SECRET
    return running


@pytest.fixture(scope="session")
def _running_saml_provider():
    running = RunningSamlProvider()
    yield running
    running.stop()


@pytest.fixture
def saml_provider(_running_saml_provider, settings, tmp_path, monkeypatch):
    """As `provider`, over SAML; the username is the NameID."""
    running = _running_saml_provider
    running.tell(user="", attributes={}, mode="ok", seconds=0)
    monkeypatch.setenv("SAML_METADATA_FILE", str(running.metadata(tmp_path)))
    settings.SITE_URL = "http://testserver"
    settings.SAML_PROVIDER = read_provider(site_url=settings.SITE_URL, is_https=False)
    settings.SAML_NAME, settings.SAML_ATTRIBUTE = "市级统一认证", ""
    return running
