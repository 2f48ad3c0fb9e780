"""What is handed over can be made again, byte for byte, and whoever changes it on the way is found out."""

import json
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from script.audit import CLEAN, FLAWED, NOT_LOOKED_UP, look_up, report

TOP = Path(__file__).resolve().parent.parent
NEEDED = (
    "script",
    "common/revision.txt",
    ".gitattributes",
    "pyproject.toml",
    "requirements.txt",
    "docker-compose.yml",
    "Dockerfile",
)


def run(*words, cwd, **environment):
    return subprocess.run(
        [*map(str, words)], cwd=cwd, capture_output=True, text=True, env=os.environ | environment, timeout=60
    )


def repository(folder: Path) -> Path:
    """A repository of one commit with what a release is made of; the same commit wherever it is made."""
    for name in NEEDED:
        source, target = TOP / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    hour = {"GIT_AUTHOR_DATE": "2026-11-30T00:00:00Z", "GIT_COMMITTER_DATE": "2026-11-30T00:00:00Z"}
    git = ("git", "-c", "user.name=n", "-c", "user.email=n@example.org")
    for words in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "one")):
        made = run(*git, *words, cwd=folder, **hour)
        assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture
def key(tmp_path):
    """The private key of whoever releases; the public one beside it."""
    private, public = tmp_path / "release.key", tmp_path / "release.pub"
    assert run("openssl", "genpkey", "-algorithm", "ed25519", "-out", private, cwd=tmp_path).returncode == 0
    assert run("openssl", "pkey", "-in", private, "-pubout", "-out", public, cwd=tmp_path).returncode == 0
    return private


def is_signed(folder: Path, key: Path) -> bool:
    """As whoever receives it checks it (the head of script/release)."""
    check = ("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key.with_suffix(".pub"), "-rawin")
    return run(*check, "-in", "SHA256SUMS", "-sigfile", "SHA256SUMS.sig", cwd=folder).returncode == 0


def is_whole(folder: Path) -> bool:
    return run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=folder).returncode == 0


@pytest.mark.control(60)
def test_the_same_commit_makes_the_same_bytes_elsewhere(tmp_path):
    for name in ("here", "there"):
        made = run("script/release", tmp_path / name / "out", cwd=repository(tmp_path / name))
        assert made.returncode == 0, made.stderr
        assert "NOT signed" in made.stdout

    files = [
        {file.name: file.read_bytes() for file in (tmp_path / name / "out").iterdir()}
        for name in ("here", "there")
    ]
    assert files[0] == files[1]
    assert sorted(Path(name).suffix for name in files[0]) == ["", ".gz", ".json"]


@pytest.mark.control(60)
def test_a_changed_release_is_found_and_a_changed_list_of_sums_too(tmp_path, key):
    out = tmp_path / "out"
    made = run("script/release", out, cwd=repository(tmp_path / "product"), SIGNING_KEY=str(key))
    assert made.returncode == 0, made.stderr
    assert is_signed(out, key)
    assert is_whole(out)

    archive = next(out.glob("*.tar.gz"))
    archive.write_bytes(archive.read_bytes()[:-1] + b"x")
    assert not is_whole(out)

    sums = run("sha256sum", archive.name, *(file.name for file in out.glob("*.json")), cwd=out).stdout
    (out / "SHA256SUMS").write_text(sums)
    assert is_whole(out)
    assert not is_signed(out, key)


def test_a_release_says_which_commit_it_is(tmp_path):
    folder = repository(tmp_path / "product")
    run("script/release", tmp_path / "out", cwd=folder)

    with tarfile.open(next((tmp_path / "out").glob("*.tar.gz"))) as archive:
        name = next(name for name in archive.getnames() if name.endswith("common/revision.txt"))
        said = archive.extractfile(name).read().decode().strip()
    assert said == run("git", "rev-parse", "HEAD", cwd=folder).stdout.strip()
    assert said[:12] in name


def test_what_no_commit_has_is_not_released(tmp_path):
    folder = repository(tmp_path / "product")
    (folder / "stray").write_text("x")

    made = run("script/release", tmp_path / "out", cwd=folder)

    assert made.returncode == 1
    assert "no commit has" in made.stderr
    assert not (tmp_path / "out").exists()


FLAW = {"id": "PYSEC-1", "fix_versions": ["2"]}


@pytest.mark.control(59)
@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([{"name": "a", "version": "1", "vulns": []}], CLEAN, "1 of 1 packages were looked up, 0 have"),
        ([{"name": "a", "version": "1", "vulns": [FLAW]}], FLAWED, "a 1: PYSEC-1, mended in 2"),
        ([{"name": "a", "skip_reason": "not found"}], NOT_LOOKED_UP, "0 of 1 packages were looked up"),
        ([], NOT_LOOKED_UP, "0 of 0"),
        (None, NOT_LOOKED_UP, "Nothing was looked up"),
    ],
)
def test_an_audit_says_what_it_looked_up(packages, code, said, capsys):
    assert report(packages) == code
    assert said in capsys.readouterr().out


@pytest.mark.control(59)
def test_an_audit_that_cannot_ask_is_none(tmp_path, monkeypatch, capsys):
    stand_in = tmp_path / "uv"
    stand_in.write_text("#!/bin/sh\necho no way out >&2\nexit 1\n")
    stand_in.chmod(0o755)
    monkeypatch.setenv("UV", str(stand_in))
    assert look_up(TOP / "requirements.txt") is None
    assert "no way out" in capsys.readouterr().err

    stand_in.write_text(
        "#!/bin/sh\necho '"
        + json.dumps({"dependencies": [{"name": "a", "version": "1", "vulns": []}]})
        + "'\n"
    )
    assert look_up(TOP / "requirements.txt") == [{"name": "a", "version": "1", "vulns": []}]

    monkeypatch.setenv("UV", str(tmp_path / "none"))
    assert look_up(TOP / "requirements.txt") is None
