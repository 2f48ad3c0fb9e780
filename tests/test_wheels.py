"""docs/wheels.md is of this lock: whoever changes a version writes it anew with `script/wheels --write`."""

import re

from script.wheels import TABLE, TOP, blocks, said


def test_the_table_is_of_this_lock():
    pinned = set(blocks((TOP / "requirements.txt").read_text()))
    written = TABLE.read_text()
    rows = set(re.findall(r"^\| (\S+==\S+) \|", written, re.MULTILINE))
    (pure,) = re.findall(r"The other (\d+) packages", written)

    assert rows
    assert rows - pinned == set()
    assert len(rows) + int(pure) == len(pinned)


def test_every_package_has_a_wheel_for_arm():
    for row in re.findall(r"^\| \S+==.*$", TABLE.read_text(), re.MULTILINE):
        assert "aarch64" in row.split("|")[2], row


def test_a_condition_of_the_lock_is_left_out_because_another_machine_is_asked_about():
    lock = "\namqp==1 ; platform_machine != 'loongarch64' \\\n    --hash=sha256:a\n    # via x"

    assert blocks(lock) == {"amqp==1": "amqp==1 \\\n    --hash=sha256:a\n    # via x"}
    assert [said(tag) for tag in ("", "py3-none-any", "cp313-cp313-manylinux2014_aarch64.manylinux_2_17_aarch64")] == [
        "**无 none**", "any", "manylinux2014_aarch64",
    ]  # fmt: skip
