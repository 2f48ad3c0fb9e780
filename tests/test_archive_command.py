"""The archive_command of docs/operations.md, as PostgreSQL would run it: what is kept is whole, or is tried again."""

import re
import subprocess

import pytest

from tests.documents import blocks

NAME = "000000010000000000000007"


@pytest.fixture
def keep(tmp_path):
    """Runs the command for a file with this content; whether PostgreSQL may forget the file."""
    (command,) = re.findall("^archive_command = '(.*)'$", blocks("docs/operations.md", "ini")["archive"], re.MULTILINE)  # fmt: skip
    segment = tmp_path / NAME

    def run(content: str) -> bool:
        segment.write_text(content)
        said = command.replace("/srv/other/wal", str(tmp_path / "wal"))
        said = said.replace("%p", str(segment)).replace("%f", NAME)
        return subprocess.run(["sh", "-c", said], capture_output=True, check=False).returncode == 0

    return run


def test_a_file_is_kept_once_and_never_replaced(keep, tmp_path):
    (tmp_path / "wal").mkdir()
    kept = tmp_path / "wal" / NAME

    assert keep("changes")
    # PostgreSQL asks again where it went down before it had noted that.
    assert keep("changes")
    assert not keep("other changes")
    assert [file.name for file in kept.parent.iterdir()] == [NAME]
    assert kept.read_text() == "changes"


def test_a_copy_that_was_cut_short_is_made_anew(keep, tmp_path):
    (tmp_path / "wal").mkdir()
    (tmp_path / "wal" / f"{NAME}.part").write_text("chan")

    assert keep("changes")
    assert (tmp_path / "wal" / NAME).read_text() == "changes"


def test_where_the_other_machine_is_not_mounted_nothing_is_called_kept(keep, tmp_path):
    assert not keep("changes")
    assert not (tmp_path / "wal").exists()
