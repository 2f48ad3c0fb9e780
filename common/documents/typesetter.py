"""The typesetter: a paper's values (JSON on standard input) to a PDF or a Word file (standard output).

Run by `common.documents.official_documents` as a process of its own, without Django. Ends with 3 where no Chinese font is
installed and with 4, and the reason on standard error, where the typesetter warns: a PDF in a wrong font
must not pass for a paper.
"""

import io
import json
import os
import sys
import unicodedata

NO_FONT, NOT_CLEAN = 3, 4

#: Part of a paper → families that may set it, the one of the standard first.
FAMILIES = {
    "text": ("FangSong_GB2312", "FangSong", "STFangsong", "FZFangSong-Z02", "Noto Serif CJK SC", "Noto Serif SC",
             "Source Han Serif SC", "SimSun", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC",
             "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback"),
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "STZhongsong", "Noto Serif CJK SC", "Noto Serif SC",
              "Source Han Serif SC", "SimSun"),
    "heading": ("SimHei", "STHeiti", "FZHei-B01S", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC",
                "WenQuanYi Zen Hei", "WenQuanYi Micro Hei"),
    "folio": ("SimSun", "NSimSun", "STSong", "FZShuSong-Z01", "Noto Serif CJK SC", "Noto Serif SC",
              "Source Han Serif SC"),
}  # fmt: skip

#: GB/T 9704-2012, 5.2.2 and 5.3: a type area of 156 x 225 mm with 22 lines of 28 characters, in size 3 (16 pt).
LINES, CHARACTERS, BODY = 22, 28, 16
#: Points from line to line, as offices set it; a 23rd line would need 652.9 pt of 637.8.
PITCH = 28.95
#: Points by which characters stand closer than their size: 28 of them in 442.2 pt.
CLOSER = 0.21
#: Size 4, of page numbers.
FOLIO = 14

#: The only markup there is. Everything else comes in as data.
SOURCE = rb"""
#let d = json(bytes(sys.inputs.data))
#let f = json(bytes(sys.inputs.fonts))
#set document(title: d.title)
#let g = json(bytes(sys.inputs.grid))
#let pitch = g.pitch * 1pt
#let indent = 2 * (g.size - g.closer) * 1pt
#set page(
  paper: "a4", flipped: d.landscape,
  margin: if d.landscape { (top: 28mm, bottom: 35mm, x: 26mm) } else { (top: 37mm, bottom: 35mm, left: 28mm, right: 26mm) },
  background: if d.mark != "" { rotate(-30deg, text(font: f.heading, size: 130pt, weight: "bold", fill: luma(236), top-edge: "bounds", bottom-edge: "bounds", d.mark)) },
  header: if d.mark != "" { align(center, text(font: f.heading, size: 14pt, d.mark)) },
  // The dash 7 mm below the type area: it stands in the middle of its line.
  footer-descent: 7mm - 7pt,
  footer: context {
    set text(font: f.folio, size: g.folio * 1pt, top-edge: 0.88em, bottom-edge: -0.12em, tracking: 0pt)
    let number = [\u{2014} #counter(page).display() \u{2014}]
    if calc.odd(counter(page).get().first()) { align(right, number + h(1em)) } else { align(left, h(1em) + number) }
  },
)
#set text(font: f.text, size: g.size * 1pt, tracking: -g.closer * 1pt, lang: d.lang, region: if d.lang == "zh" { "cn" } else { "gb" })
// A Chinese font's quotation marks are as wide as its characters; not between English words.
#set text(features: ("pwid",)) if d.lang == "en"
// One line box is one character high in any font, so that leading alone decides how many lines a page has.
#set text(top-edge: 0.88em, bottom-edge: -0.12em)
#set par(leading: pitch - 16pt, spacing: pitch - 16pt, justify: d.lang == "zh")
#let cell(body, size: 10.5pt) = { set par(leading: 5pt, spacing: 5pt, justify: false); set text(tracking: 0pt); text(size: size, body) }

#if d.issuer != "" { align(center, text(font: f.title, size: 22pt, weight: "bold", d.issuer)); v(4pt) }
#if d.number != "" { align(center, text(d.number)) }
#if d.issuer != "" or d.number != "" { line(length: 100%, stroke: 1pt); v(10pt) }
#align(center, { set par(leading: 12pt); text(font: f.title, size: 22pt, weight: "bold", d.title) })
#v(pitch)
#if d.to != "" { par(d.to + d.colon) }

#for b in d.body {
  if b.is == "heading" { block(above: pitch - 16pt, below: pitch - 16pt, sticky: true, h(indent) + text(font: f.heading, b.text)) }
  else if b.is == "paragraph" { par(first-line-indent: (amount: indent, all: true), b.text) }
  else if b.is == "fields" {
    block(above: 10pt, below: 14pt, table(
      columns: (1fr, 3fr), stroke: 0.6pt, inset: 7pt, align: left + horizon,
      ..b.rows.map(r => (table.cell(fill: luma(242), cell(text(font: f.heading, r.at(0)), size: 12pt)), cell(r.at(1), size: 12pt))).flatten()))
  } else if b.is == "picture" {
    place(auto, float: true, clearance: 16pt, align(center, {
      // Both measures are given, for one that is cut would be made to fit.
      layout(room => block(
        width: b.share * 100%, height: if b.is_cut { d.highest * 1mm } else { auto }, clip: b.is_cut, stroke: 0.5pt + luma(190),
        image(b.file, width: b.share * room.width, height: b.share * room.width * b.ratio, alt: b.shows)))
      block(above: 6pt, cell(b.shows, size: 12pt))
    }))
  } else {
    let n = b.headings.len()
    let w = if b.widths.len() == n { b.widths.map(x => x * 1fr) } else { (1fr,) * n }
    if b.caption != "" { block(above: 14pt, below: 6pt, sticky: true, align(center, text(font: f.heading, size: 12pt, b.caption))) }
    block(above: 8pt, below: 14pt, breakable: true, table(
      columns: w, stroke: 0.6pt, inset: 4pt,
      align: (x, y) => if y > 0 and x in b.figures { right + horizon } else if y == 0 { center + horizon } else { left + horizon },
      table.header(..b.headings.map(h => cell(text(font: f.heading, h)))),
      ..b.rows.flatten().map(c => cell(c))))
  }
}

// 7.3.5.3, paper without a seal: the name ends two characters before the edge, and the date begins two characters
// after the name does; a date that is longer than the name ends two characters before the edge instead.
#if d.signed != "" or d.dated != "" {
  v(pitch)
  context {
    let (name, date) = (measure(d.signed).width, measure(d.dated).width)
    let is-long = d.signed == "" or date > name
    block(breakable: false, width: 100%, align(right, {
      if d.signed != "" { pad(right: if is-long { 4em + date - name } else { 2em }, d.signed) }
      if d.dated != "" { pad(right: if is-long { 2em } else { name - date }, d.dated) }
    }))
  }
}
#for n in d.notes { block(above: 12pt, below: 4pt, { set par(leading: 6pt); text(size: 12pt, n) }) }
"""


def main() -> int:
    order = json.load(sys.stdin.buffer)
    if order.pop("kind") == "docx":
        sys.stdout.buffer.write(word_file(order))
        return 0
    return pdf(order)


# --- PDF -----------------------------------------------------------------------------------------------------


def pdf(order: dict) -> int:
    import typst

    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)
    chosen = choose(fonts.families())
    if chosen is None:
        print("no family of: " + ", ".join(FAMILIES["text"]), file=sys.stderr)
        return NO_FONT
    root = give_pictures(order["body"])
    grid = {"pitch": PITCH, "size": BODY, "closer": CLOSER, "folio": FOLIO}
    inputs = {"data": json.dumps(order), "fonts": json.dumps(chosen), "grid": json.dumps(grid)}
    compiler = typst.Compiler(SOURCE, root=root, font_paths=fonts, sys_inputs=inputs)
    made, warnings = compiler.compile_with_warnings(format="pdf")
    if warnings:
        print("; ".join(warning.message for warning in warnings), file=sys.stderr)
        return NOT_CLEAN
    sys.stdout.buffer.write(made)
    return 0


def give_pictures(body: list[dict]) -> str | None:
    """Name the pictures from the one folder that the typesetter may read; returns that folder, None without any."""
    pictures = [block for block in body if block["is"] == "picture"]
    if not pictures:
        return None
    root = os.path.commonpath([os.path.dirname(one["file"]) for one in pictures])
    for one in pictures:
        one["file"] = "/" + os.path.relpath(one["file"], root)
    return root


def choose(installed: list[str]) -> dict[str, str] | None:
    """Part → installed family; None where nothing installed has Chinese characters."""
    found = {part: next((one for one in some if one in installed), None) for part, some in FAMILIES.items()}
    if found["text"] is None:
        return None
    return {part: one or found["text"] for part, one in found.items()}


# --- Word file -----------------------------------------------------------------------------------------------


def word_file(order: dict) -> bytes:
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH as AT
    from docx.shared import Mm, Pt

    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin = Mm(37), Mm(35)
    page.left_margin, page.right_margin = Mm(28), Mm(26)
    if order["landscape"]:
        page.orientation = WD_ORIENT.LANDSCAPE
        page.page_width, page.page_height = Mm(297), Mm(210)
        page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = (
            Mm(28),
            Mm(35),
            Mm(26),
            Mm(26),
        )
    document.core_properties.title = order["title"][:255]
    document.core_properties.author = order["issuer"][:255]
    _style(document.styles["Normal"], "仿宋", Pt(BODY))
    if not order["landscape"]:
        _set_grid(page)

    def line(text, *, font="", size=None, bold=False, at=None, indent=0, right=0, within=None):
        paragraph = (within or document).add_paragraph()
        run = paragraph.add_run(text)
        if font or size or bold:
            _style(run, font or "仿宋", size or Pt(16))
            run.bold = bold
        paragraph.alignment = at
        form = paragraph.paragraph_format
        form.space_after, form.first_line_indent, form.right_indent = Pt(0), Pt(indent), Pt(right)
        return paragraph

    if order["issuer"]:
        line(order["issuer"], font="方正小标宋简体", size=Pt(22), bold=True, at=AT.CENTER)
    if order["number"]:
        line(order["number"], at=AT.CENTER)
    line(order["title"], font="方正小标宋简体", size=Pt(22), bold=True, at=AT.CENTER)
    if order["to"]:
        line(order["to"] + order["colon"])
    set_in = 2 * (BODY - CLOSER)
    for block in order["body"]:
        if block["is"] == "heading":
            line(block["text"], font="黑体", indent=set_in).paragraph_format.keep_with_next = True
        elif block["is"] == "paragraph":
            line(block["text"], indent=set_in)
        elif block["is"] == "picture":
            room = page.page_width - page.left_margin - page.right_margin
            picture = line("", at=AT.CENTER)
            picture.add_run().add_picture(block["file"], width=int(room * block["share"]))
            picture.paragraph_format.keep_with_next = True
            line(block["shows"], size=Pt(12), at=AT.CENTER)
        elif block["is"] == "fields":
            _grid(document, [], block["rows"], (1, 3), (), Pt(12))
        else:
            if block["caption"]:
                line(block["caption"], font="黑体", size=Pt(12), at=AT.CENTER)
            _grid(document, block["headings"], block["rows"], block["widths"], block["figures"], Pt(10.5))
    if order["signed"] or order["dated"]:
        line("")
    of_name, of_date = signature_indents(order["signed"], order["dated"])
    if order["signed"]:
        line(order["signed"], at=AT.RIGHT, right=of_name * BODY)
    if order["dated"]:
        line(order["dated"], at=AT.RIGHT, right=of_date * BODY)
    for note in order["notes"]:
        line(note, size=Pt(12))
    document.settings.odd_and_even_pages_header_footer = True
    if order["mark"]:
        for head in (page.header, page.even_page_header):
            run = head.paragraphs[0].add_run(order["mark"])
            _style(run, "黑体", Pt(FOLIO))
            head.paragraphs[0].alignment = AT.CENTER
    _number_pages(page)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _style(styled, font, size) -> None:
    """A font for Latin and for Chinese letters: Word keeps the two apart."""
    from docx.oxml.ns import qn

    styled.font.name, styled.font.size = font, size
    styled.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _grid(document, headings, rows, widths, figures, size) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH as AT
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Emu

    columns = len(headings) or 2
    if len(widths) != columns:
        widths = (1,) * columns
    page = document.sections[0]
    room = page.page_width - page.left_margin - page.right_margin
    lines = ([headings] if headings else []) + list(rows)
    table = document.add_table(rows=len(lines), cols=columns, style="Table Grid")
    table.autofit = False
    # One pass over the XML: asking python-docx for each cell by number takes quadratic time.
    for y, (drawn, said) in enumerate(zip(table.rows, lines, strict=True)):
        for x, (cell, text) in enumerate(zip(drawn.cells, said, strict=True)):
            cell.width = Emu(room * widths[x] // sum(widths))
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(text)
            _style(run, "黑体" if y == 0 and headings else "仿宋", size)
            if x in figures and not (headings and y == 0):
                paragraph.alignment = AT.RIGHT
    if headings:
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        table.rows[0]._tr.trPr[-1].set(qn("w:val"), "true")
    document.add_paragraph()


def signature_indents(name: str, day: str) -> tuple[float, float]:
    """Characters from the right edge to the end of name and date, on paper without a seal (7.3.5.3): the date begins
    two characters after the name does, or, where it is the longer one, ends two characters before the edge."""
    of_name, of_day = _wide(name), _wide(day)
    if not name or of_day > of_name:
        return 4 + of_day - of_name, 2
    return 2, of_name - of_day


def _wide(text: str) -> float:
    """Width in Chinese characters."""
    return sum(1 if unicodedata.east_asian_width(letter) in "WFA" else 0.5 for letter in text)


def _set_grid(page) -> None:
    """22 lines of 28 characters, as Word keeps them: the pitch in twentieths, the closeness in 4096ths of a point."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for old in page._sectPr.findall(qn("w:docGrid")):
        page._sectPr.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(round(PITCH * 20)))
    grid.set(qn("w:charSpace"), str(round(-CLOSER * 4096)))
    page._sectPr.append(grid)


def _number_pages(page) -> None:
    """— 1 — at the outer edge, one character in, counted by Word: right on odd pages, left on even ones."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH as AT
    from docx.shared import Mm, Pt

    # The foot's line is 6.5 mm high, and the dash in its middle stands 7 mm below the type area.
    page.footer_distance = Mm(25)
    odd, even = page.footer.paragraphs[0], page.even_page_footer.paragraphs[0]
    odd.alignment, odd.paragraph_format.right_indent = AT.RIGHT, Pt(FOLIO)
    even.alignment, even.paragraph_format.left_indent = AT.LEFT, Pt(FOLIO)
    for foot in (odd, even):
        _write_folio(foot)


def _write_folio(foot) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    parts = (foot.add_run("— "), foot.add_run("1"), foot.add_run(" —"))
    for run in parts:
        _style(run, "宋体", Pt(FOLIO))
    foot._p.insert(foot._p.index(parts[2]._r), field)
    field.append(parts[1]._r)


if __name__ == "__main__":
    sys.exit(main())
