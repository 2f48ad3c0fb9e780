"""A certificate as an official paper, in Chinese whatever language the page is in."""

from django.http import HttpResponse
from django.utils import translation

from command.destruction import queries
from command.destruction.choices import ItemState
from command.destruction.models import Certificate, CertificateItem
from common.dates.local_time import LOCAL, day_of
from common.documents.official_documents import Block, Heading, Paper, Paragraph, Table, as_text, respond


def paper_of(certificate: Certificate) -> Paper:
    """What there was, what was destroyed and how, what is kept, why, until when and by whose decision."""
    incident = certificate.incident
    with translation.override("zh-hans"):
        return Paper(
            issuer=incident.unit.name,
            number=certificate.number,
            title="个人信息销毁与评估留存证明",
            body=tuple(_body(certificate)),
            signed=f"{incident.unit.name}（{certificate.issuer_post}）",
            dated=day_of(certificate.issued_at),
            notes=_notes(certificate),
            drill=incident.drill,
        )


def respond_with(certificate: Certificate, kind: str) -> HttpResponse:
    paper = paper_of(certificate)
    with translation.override("zh-hans"):
        return respond(paper, kind, name=certificate.number)


def text_of(certificate: Certificate) -> str:
    return as_text(paper_of(certificate))


def _body(certificate: Certificate) -> list[Block]:
    items = list(certificate.items.all())
    closed = f"{certificate.closed_at.astimezone(LOCAL):%Y-%m-%d %H:%M}"
    found: list[Block] = [
        Paragraph(
            f"事件 {certificate.incident.number} 于 {closed} 办结。依照《突发事件应对法》第八十五条，"
            + (
                "对处置中获取的个人信息逐类处理如下。"
                if items
                else "经逐项查找，处置中未留下个人信息，无需销毁。"
            )
        )
    ]
    if items:
        found.append(
            Table(
                ("类别", "数量", "处理", "方式"),
                tuple(_row(item) for item in items),
                (8, 2, 3, 5),
                figures=(1,),
            )
        )
    for item in items:
        if hashes := queries.hashes_of(item):
            found.append(Paragraph(f"语音备注 SHA-256：{'、'.join(hashes)}"))
        if item.ground:
            found += [Heading(f"留存：{item.get_kind_display()}"), *_assessed(item)]
    return found


def _row(item: CertificateItem) -> tuple[str, ...]:
    how = item.get_method_display() if item.method else "—"
    if item.state == ItemState.KEPT:
        how = f"至 {day_of(item.until)}" if item.until else "随记录保存"
    return item.get_kind_display(), str(item.count), item.get_state_display(), how


def _assessed(item: CertificateItem) -> list[Block]:
    decided = f"{item.settled_post} {item.settled_by}，{item.settled_at.astimezone(LOCAL):%Y-%m-%d %H:%M}"
    return [
        Paragraph(f"用途：{item.get_ground_display()}"),
        Paragraph(f"合法性：{item.legal_basis}"),
        Paragraph(f"必要性：{item.reason}"),
        Paragraph(f"安全性：{item.safeguards}"),
        Paragraph(f"决定人：{decided}"),
    ]


def _notes(certificate: Certificate) -> tuple[str, ...]:
    entry = queries.entry_number(certificate)
    gone = max(filter(None, map(queries.gone_from_backups, certificate.items.all())), default=None)
    return (
        f"出具人 {certificate.issued_by}，{certificate.issued_at.astimezone(LOCAL):%Y-%m-%d %H:%M}。",
        *((f"日志条目第 {entry} 号。",) if entry else ()),
        f"清单散列 SHA-256：{certificate.sha256}（清单只列存放位置，不含内容）。",
        *((f"备份中的副本最迟于 {gone} 淘汰；此前如恢复备份，须重新销毁。",) if gone else ()),
        "日志不可更改，保持原样（包括其中记载的接听、签收人职务）；个人号码在写入日志时即已遮盖，签字保留的除外。",
    )
