"""A running installation says which version it is, with and without a repository around it."""

import subprocess

import pytest

from common import version as versions


@pytest.fixture
def top(tmp_path, monkeypatch):
    """A product without a repository, as an image has it."""
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    monkeypatch.setattr(versions, "TOP", tmp_path)
    monkeypatch.setattr(versions, "REVISION", tmp_path / "revision.txt")
    versions.version.cache_clear()
    yield tmp_path
    versions.version.cache_clear()


def test_a_release_names_its_commit(top):
    (top / "revision.txt").write_text("0123456789abcdef0123456789abcdef01234567\n")

    assert versions.version() == "1.2.3+0123456789ab"


def test_without_a_repository_the_number_stands_alone(top):
    (top / "revision.txt").write_text("$Format:%H$\n")

    assert versions.version() == "1.2.3"


def test_a_clone_names_what_is_checked_out(top):
    def git(*words):
        who = ("-c", "user.name=n", "-c", "user.email=n@example.org")
        run = subprocess.run(
            ["git", *who, *words], cwd=top, capture_output=True, text=True, check=True, timeout=30
        )
        return run.stdout.strip()

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "one")

    assert versions.version() == f"1.2.3+{git('rev-parse', 'HEAD')[:12]}"
