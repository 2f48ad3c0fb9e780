"""The page of rights: whole, true to the table of verbs, and for the auditor and the security administrator alone."""

import io

import openpyxl
import pytest
from django.test import Client

from accounts.choices import PostKind
from accounts.verbs import SCREEN, VERBS
from dashboards.rights import views
from dashboards.rights.words import SUBJECTS

ACTS = {verb: words for subject in SUBJECTS for verb, words in subject.acts.items()}


def test_the_words_are_those_of_the_table():
    assert set(ACTS) == set(VERBS)
    assert set().union(*VERBS.values()) <= set(views.HOLDERS)


def test_what_a_post_may_is_what_the_table_says():
    said = {str(label): set(map(str, acts)) for label, acts in views.by_holder()}
    assert said[PostKind.CLERK.label] == {str(ACTS[verb]) for verb in VERBS if PostKind.CLERK in VERBS[verb]}
    assert len(said) == len(PostKind) + 1


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["city.audit", "city.secadmin"])
def test_who_looks_rights_over_reads_and_takes_them(cast, username):
    client = Client()
    client.force_login(cast[username])
    text = client.get("/permissions/").content.decode()
    assert "查看事件及其全部内容" in text
    assert all(verb in text for verb in VERBS)

    rows = list(openpyxl.load_workbook(_file(client)).active.iter_rows(values_only=True))
    head = next(row for row in rows if row[2] == "权限词")
    shares = next(row for row in rows if row[2] == "incident.share")
    ticked = {name for name, cell in zip(head, shares, strict=True) if cell == "●"}
    assert ticked == {str(views.HOLDERS[kind]) for kind in VERBS["incident.share"]}
    assert SCREEN not in VERBS["incident.share"]


def _file(client) -> io.BytesIO:
    answer = client.get("/permissions/?format=xlsx")
    return io.BytesIO(b"".join(answer.streaming_content) if answer.streaming else answer.content)


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["county1.director", "city.sysadmin", "village111.informant"])
def test_nobody_else_opens_it(cast, username):
    client = Client()
    client.force_login(cast[username])
    assert client.get("/permissions/").status_code == 403
