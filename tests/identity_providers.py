"""The provider of tests/oidc_provider.py in a process of its own, and what is said to it."""

import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.oidc_provider import CLIENT, SECRET

TOP = Path(__file__).resolve().parent.parent


class RunningProvider:
    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.oidc_provider"], cwd=TOP, stdout=subprocess.PIPE, text=True
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
