"""import_units: problems with line numbers, a dry run that writes nothing, the tree whatever the order."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Unit
from journal.models import Entry
from journal.record import content_of

pytestmark = pytest.mark.django_db

TREE = [
    "V1,一村,village,T1",
    "C1,清河县司法局,county,C0",
    "T1,城关镇司法所,township,C1",
    "C0,江州市司法局,city,",
    "T2,柳林镇司法所,township,C1",
]


@pytest.fixture
def run(tmp_path):
    """run(lines, apply=True) → what the command printed; problems are in the CommandError's notes."""

    def call(lines, apply=False, encoding="utf-8", header="code,name,tier,parent_code"):
        file = tmp_path / "units.csv"
        file.write_text("\n".join([header, *lines]) + "\n", encoding=encoding)
        out, err = StringIO(), StringIO()
        try:
            call_command("import_units", str(file), apply=apply, stdout=out, stderr=err)
        except CommandError as refusal:
            refusal.add_note(err.getvalue())
            raise
        return out.getvalue()

    return call


def problems(run, lines, **more) -> list[str]:
    """The lines of the refusal, without the file's name."""
    with pytest.raises(CommandError) as refusal:
        run(lines, apply=True, **more)
    assert not Unit.objects.filter(code__in=["X1", "X2", "X3"]).exists()
    notes = "".join(refusal.value.__notes__).strip()
    return [line.split("units.csv:")[1] for line in notes.splitlines()] if notes else [str(refusal.value)]


def test_a_dry_run_shows_and_writes_nothing(run):
    shown = run(TREE)

    assert "+ C0  江州市司法局  city < –" in shown
    assert not Unit.objects.exists()


def test_children_before_parents_make_the_same_tree(run):
    run(TREE, apply=True)

    paths = dict(Unit.objects.values_list("code", "path"))
    assert paths == {
        "C0": "0001/",
        "C1": "0001/0001/",
        "T1": "0001/0001/0001/",
        "T2": "0001/0001/0002/",
        "V1": "0001/0001/0001/0001/",
    }
    assert Unit.objects.get(code="T2").parent.code == "C1"
    assert content_of(Entry.objects.get(kind="unit.imported"))["new"] == 5


def test_a_second_import_adds_and_renames(run):
    run(TREE, apply=True)

    shown = run([*TREE[1:], "V1,新一村,village,T1", "T3,石桥镇司法所,township,C1"], apply=True)

    assert "~ V1  name: 一村 → 新一村" in shown
    assert Unit.objects.get(code="V1").name == "新一村"
    assert Unit.objects.get(code="T3").path == "0001/0001/0003/"
    assert Unit.objects.count() == 6


def test_the_file_of_a_chinese_spreadsheet_program_is_read(run):
    run(TREE, apply=True, encoding="gb18030")

    assert Unit.objects.get(code="C0").name == "江州市司法局"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["X1,甲,county,NONE"], ["2: "]),
        (["X1,甲,county,", "X1,乙,county,"], ["3: "]),
        (["X1,甲,county,X2", "X2,乙,county,X1"], ["2: ", "3: "]),
        (["X1,甲,county,X2", "X2,乙,township,X3", "X3,丙,city,"], ["2: ", "3: "][:1]),
        (["X1,甲,county,X1"], ["2: "]),
        (["X1,甲,office,"], ["2: "]),
        (["X1,甲,,"], ["2: "]),
        ([",甲,city,"], ["2: "]),
        (["X1,,city,"], ["2: "]),
        (["X1," + "长" * 81 + ",city,"], ["2: "]),
        (["X1,甲,city,", "", "X2,乙,county,X1", "X3,丙,county,X9"], ["5: "]),
    ],
)
def test_what_is_refused_with_its_line(run, lines, found):
    assert [problem.split(": ")[0] + ": " for problem in problems(run, lines)] == found


def test_a_circle_is_called_a_circle(run):
    assert all("circle" in line or "循环" in line or "成环" in line for line in
               problems(run, ["X1,甲,county,X2", "X2,乙,county,X1"]))  # fmt: skip


@pytest.mark.parametrize("line", ["T1,城关镇司法所,township,C0", "T1,城关镇司法所,village,C1"])
def test_nothing_is_moved(run, line):
    run(TREE, apply=True)

    assert len(problems(run, [line])) == 1
    assert Unit.objects.get(code="T1").tier == "township"


@pytest.mark.parametrize(
    "header", ["code,name,tier", "code,name,tier,parent", "code,name,tier,parent_code,x"]
)
def test_another_table_is_refused(run, header):
    with pytest.raises(CommandError, match="parent_code"):
        run(TREE, header=header)


def test_a_missing_file_is_refused():
    with pytest.raises(CommandError):
        call_command("import_units", "/nowhere.csv")


def test_a_closed_unit_keeps_its_place_in_the_tree(run, now):
    run(TREE, apply=True)
    Unit.objects.filter(code="T2").update(valid_from="2026-01-01", valid_to="2026-06-01")

    run(["T2,新柳林镇司法所,township,C1"], apply=True)

    assert sorted(Unit.objects.filter(code="T2").values_list("path", flat=True)) == [
        "0001/0001/0002/",
        "0001/0001/0003/",
    ]
