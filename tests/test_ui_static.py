"""What can be known about the front end without a browser: weight, rules of the house, tags, contrast."""

import gzip
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage
from django.http import HttpResponse, HttpResponseRedirect
from django.template import Context, Engine
from django.test import RequestFactory
from django.utils.translation import override

from common.errors import NotAllowed, NotFound, TryAgain, WrongState
from common.templatetags import icons, levels, ui
from common.web.preferences import choose
from common.web.redirects import FormRedirectMiddleware
from common.web.static import StaticStorage, SwaggerFinder, bare, bare_styles
from common.web.words import WORDS

ROOT = Path(__file__).resolve().parent.parent
CSS = sorted((ROOT / "static/css").glob("*.css"))
JS = sorted((ROOT / "static/js").glob("*.js"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = "\n".join(file.read_text() for file in JS)
ENGINE = Engine(libraries={"ui": "common.templatetags.ui"}, builtins=["django.templatetags.i18n"])


def weight(files):
    """As they go out."""
    return sum(len(gzip.compress(bare(file.name, file.read_text()).encode(), 9)) for file in files)


def draw(text, **context):
    with override("zh-hans"):
        return ENGINE.from_string("{% load ui %}" + text).render(Context(context))


# --- weight and rules --------------------------------------------------------------------------------------


def test_scripts_stay_within_30_kilobytes():
    """All that one page may load: nobody raises an alarm at a wall, or signs, tests a device or reads of the API while
    they do, and an order goes out from a form without an alarm."""
    of_one_page = {"alarm.js", "api_docs.js", "check.js", "narrow.js", "security_keys.js", "wall.js"}
    for loaded in sorted(of_one_page):
        others = of_one_page - {loaded}
        assert weight([file for file in JS if file.name not in others]) <= 30 * 1024, loaded


def test_swagger_ui_is_loaded_by_its_own_page_alone():
    """A hundred times what any other page may weigh."""
    assert [file.name for file in TEMPLATES if "swagger/" in file.read_text()] == ["api_docs.html"]
    assert "swagger" not in SCRIPTS.lower().replace((ROOT / "static/js/api_docs.js").read_text().lower(), "")
    collected = [path for finder in finders.get_finders() for path, _storage in finder.list([])]
    assert sorted(path for path in collected if "swagger" in path or "redoc" in path) == sorted(
        SwaggerFinder.FILES
    )


def test_styles_stay_within_15_kilobytes():
    assert weight(CSS) <= 15 * 1024


@pytest.mark.control(39)
@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT / "templates")))
def test_template_has_no_inline_style_or_script(file):
    text = file.read_text()

    assert re.findall(r"""\sstyle\s*=|<style\b|\son\w+\s*=\s*["']|javascript:""", text) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", text) == []


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT / "templates")))
def test_no_template_line_is_longer_than_120_columns(file):
    long = [n for n, line in enumerate(file.read_text().splitlines(), start=1) if len(line) > 120]

    assert long == []


def test_templates_use_only_classes_that_exist():
    known = set(re.findall(r"\.([a-z][a-z-]*)", "\n".join(file.read_text() for file in CSS)))
    # Written in templates without a look of their own: names for readers of the markup.
    used = {}
    for file in TEMPLATES:
        for value in re.findall(r'\bclass="([^"]*)"', file.read_text()):
            plain = re.sub(r"{%.*?%}|{{.*?}}", " ", value)
            for name in plain.split():
                used.setdefault(name, file.relative_to(ROOT))

    assert {name: str(file) for name, file in used.items() if name not in known} == {}


def test_templates_use_only_icons_that_exist():
    names = {name for file in TEMPLATES for name in re.findall(r'{%\s*icon "([^"]+)"', file.read_text())}

    assert names
    for name in names:
        icons.icon(name)


def test_components_of_the_guide_exist_and_every_component_is_in_it():
    guide = (ROOT / "docs/ui.md").read_text().split("\n## Components\n")[1].split("\n### ")[0]
    drawn = {file.stem for file in (ROOT / "templates/components").glob("[!_]*.html")}
    named = set(re.findall(r"{% (\w+)", guide)) | set(re.findall(r"\|(\w+)", guide))

    assert drawn - named == set()
    assert {name.removeprefix("end") for name in named} - {*ui.register.tags, *ui.register.filters} == set()


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_template_shows_an_unfinished_merge(file):
    assert not re.search(r"^(<{7}|={7}|>{7})", file.read_text(), re.MULTILINE)


def test_styles_keep_to_what_older_browsers_know():
    for file in CSS:
        text = re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.S)
        assert re.findall(r":has\(|color-mix|@layer|@container|oklch|light-dark\(|^\s*&", text, re.M) == []


def test_a_chip_dresses_its_own_label_alone():
    """The badge of a level inside it has spans of its own: dressed as chips, two of four levels could not be read."""
    styles = "\n".join(file.read_text() for file in CSS)

    assert re.findall(r"\.chip(?::[\w-]+)? span\b", styles) == []


def test_modules_name_files_that_exist_in_a_form_the_storage_rewrites():
    for file in JS:
        text = file.read_text()
        for statement in re.findall(r"^import .*$", text, re.M):
            match = re.fullmatch(r'import \{[^}]+\} from "\./(\w+\.js)";', statement)
            assert match, f"{file.name}: {statement}"
            assert (file.parent / match[1]).exists()
        for name in re.findall(r'import\("\./(\w+\.js)"\)', text):
            assert (file.parent / name).exists()
        assert "import" not in re.sub(r'^import .*;$|import\("\./\w+\.js"\)', "", text, flags=re.M)


def test_scripts_hold_no_words_of_their_own():
    assert re.findall(r"[\u4e00-\u9fff]", SCRIPTS) == []


def test_every_word_of_the_scripts_exists_and_is_used():
    used = set(re.findall(r'word\(\s*"(\w+)"', SCRIPTS))
    mentioned = {name for name in WORDS if f'"{name}"' in SCRIPTS}

    assert used - set(WORDS) == set()
    assert {
        name for name in WORDS if name not in mentioned and name.removesuffix("_one") not in mentioned
    } == set()


@pytest.fixture
def chinese():
    with override("zh-hans"):
        yield


def test_every_word_of_the_scripts_has_a_translation(chinese):
    same = {name for name, word in WORDS.items() if re.search("[A-Za-z]{3}", re.sub(r"{\w+}", "", str(word)))}

    assert same == set()


def test_words_keep_their_marks_in_translation():
    def marks(word):
        return sorted(re.findall(r"{\w+}", str(word)))

    with override("en"):
        english = {name: marks(word) for name, word in WORDS.items()}
    with override("zh-hans"):
        assert {name: marks(word) for name, word in WORDS.items()} == english


def test_storage_gives_modules_hashed_names(tmp_path):
    storage = StaticStorage(location=tmp_path, base_url="/static/")
    source = FileSystemStorage(location=ROOT / "static")
    paths = {}
    for file in JS + CSS:
        name = str(file.relative_to(ROOT / "static"))
        storage._save(name, source.open(name))
        paths[name] = (storage, name)

    for _name, _hashed, processed in storage.post_process(paths):
        assert not isinstance(processed, Exception)

    entry = (tmp_path / storage.stored_name("js/app.js")).read_text()
    assert re.search(r'from "\./page\.[0-9a-f]{12}\.js"', entry)
    assert re.search(r'import\("\./live\.[0-9a-f]{12}\.js"\)', entry)


def test_styles_go_out_without_what_only_people_need():
    written = '/* Why */\n:root { --light: initial; --dark: ; }\n.a > b,\n.a .b:hover { margin: 0 1px; content: "○ "; }\n'

    assert (
        bare_styles(written) == ':root{--light:initial;--dark: ;}.a>b,.a .b:hover{margin:0 1px;content:"○ ";}'
    )


def test_static_files_are_found():
    assert finders.find("js/app.js")
    assert finders.find("css/app.css")


# --- contrast ----------------------------------------------------------------------------------------------


def luminance(colour):
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def tokens(theme):
    text = (ROOT / "static/css/app.css").read_text()
    root = re.search(r":root \{\n(.*?)\n\}", text, re.S).group(1)
    # `--ink: var(--light, #14202b) var(--dark, #eaf0f6);`, or one colour for both.
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", root))
    found |= dict(re.findall(rf"--([\w-]+): [^;]*var\(--{theme}, (#[0-9a-f]{{3,6}})\)", root))
    return found


TEXT_PAIRS = [
    *[
        (text, ground)
        for text in ("ink", "ink-2", "link", "bad", "ok", "soon")
        for ground in ("surface", "page")
    ],
    ("ink-2", "sunk"),
    ("late", "late-tint"),
    ("brand-ink", "brand"),
    ("top-ink", "top"),
    ("top-ink-2", "top"),
    ("link", "brand-tint"),
    *[(f"{tone}-text", f"{tone}-tint") for tone in ("red", "orange", "yellow", "blue", "none")],
]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_enough_contrast(theme):
    colours = tokens(theme)

    low = {pair: round(contrast(*(colours[name] for name in pair)), 2) for pair in TEXT_PAIRS}
    low = {pair: ratio for pair, ratio in low.items() if ratio < 4.5}

    assert low == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_borders_of_controls_are_visible(theme):
    colours = tokens(theme)

    assert contrast(colours["line-2"], colours["surface"]) >= 3
    assert contrast(colours["line-2"], colours["page"]) >= 3


def test_dark_tokens_are_the_same_for_device_and_choice():
    text = (ROOT / "static/css/app.css").read_text()
    (device,) = re.findall(r":root:not\(\[data-theme=light\]\) \{(.*?)\}", text, re.S)
    (chosen,) = re.findall(r":root\[data-theme=dark\] \{(.*?)\}", text, re.S)

    assert device.split() == chosen.split() == ["--light:", ";", "--dark:", "initial;"]
    # Whoever states one theme states the other beside it.
    assert text.count("var(--light, ") == text.count("var(--dark, ") >= 30


# --- template tags -----------------------------------------------------------------------------------------

PLAN = {"levels": [{"id": "amber", "roman": "II", "colour": "orange", "zh": "二级", "en": "Second"}]}


def test_badge_shows_shape_numeral_and_word_of_the_plan():
    html = draw("{% badge 'amber' plan=plan %}", plan=PLAN)

    assert 'data-tone="orange"' in html
    assert levels.SHAPES["orange"] in html
    assert "<span>Ⅱ</span><span>二级</span>" in html


def test_badge_of_a_proposed_level_says_so():
    html = draw("{% badge 'red' proposed=True %}")

    assert "data-proposed" in html
    assert "<span>红色</span> <span>建议</span>" in html


def test_badge_of_a_level_in_its_plan_has_the_plans_tone():
    plan = {"levels": [{"id": "red", "tone": "blue", "zh": "四级"}]}

    html = draw("{% badge 'red' plan=plan %}", plan=plan)

    assert 'data-tone="blue"' in html
    assert "四级" in html


def test_badge_without_a_level():
    assert "未定级" in draw("{% badge level %}", level="")


def test_long_code_may_break_after_every_sixteenth_character():
    assert draw("{% breakable code %}", code="0123456789abcdef" * 2 + "<") == (
        "0123456789abcdef<wbr>0123456789abcdef<wbr>&lt;"
    )


@pytest.mark.parametrize(
    ("refused", "heading"),
    [
        (TryAgain("try_again", ""), "暂时无法办理"),
        (NotFound("not_found", ""), "未找到"),
        (NotFound("recused", ""), "您已回避"),
        (NotAllowed("not_allowed", ""), "操作未完成"),
        (WrongState("wrong_state", ""), "操作未完成"),
    ],
)
def test_refused_heading_says_which_kind_of_no(refused, heading):
    assert draw("{% refused_heading refused %}", refused=refused) == heading


@pytest.mark.parametrize(
    ("state", "expected"),
    [("sent", "ok"), ("draft", "wait"), ("filed", "wait"), ("dropped", "off"), ("", "off"), (None, "off")],
)
def test_look_of_a_state_is_that_of_the_list_it_stands_in(state, expected):
    assert draw("{% look state ok='sent' wait='draft filed' %}", state=state) == expected


def test_look_of_any_other_state_is_the_one_given():
    assert draw("{% look 'failed' ok='sent' other='bad' %}") == "bad"


def test_level_without_colour_is_neutral():
    assert draw("{% tone 'general' %}") == "neutral"


def test_badge_escapes_the_words_of_a_plan():
    plan = {"levels": [{"id": "x", "zh": "<b>"}]}

    assert "&lt;b&gt;" in draw("{% badge 'x' plan=plan %}", plan=plan)


def clock_of(now, due=None, stopped=None, cancelled=None):
    def at(minutes):
        return None if minutes is None else now + timedelta(minutes=minutes)

    return SimpleNamespace(
        title="签发", started_at=at(-3), due_at=at(due), stopped_at=at(stopped), cancelled_at=at(cancelled)
    )


@pytest.mark.parametrize(
    ("given", "state", "words"),
    [
        ({"due": 5}, "run", "截止"),
        ({"due": 0}, "run", "截止"),
        ({"due": -1}, "over", "已超时"),
        ({"due": 5, "stopped": 1}, "met", "按时完成"),
        ({"due": 1, "stopped": 1}, "met", "按时完成"),
        ({"due": 1, "stopped": 2}, "missed", "逾期完成"),
        ({}, "open", "预案未写明时限"),
        ({"due": 5, "cancelled": 1}, "off", "已取消"),
    ],
)
def test_clock_states(now, given, state, words):
    html = draw("{% clock clock %}", clock=clock_of(now, **given), now=now)

    assert f'data-state="{state}"' in html
    assert words in html
    assert ('due="' in html) == (state in ("run", "over"))


def test_clock_names_itself_to_a_screen_reader(now):
    html = draw("{% clock clock announce=True %}", clock=clock_of(now, due=5), now=now)

    assert 'role="timer" aria-label="签发"' in html
    assert " announce " in html


def test_moment_leaves_out_today_and_nothing_else(now):
    assert ">09:00<" in draw("{% moment at %}", at=now, now=now)
    assert ">09:00:00<" in draw("{% moment at seconds=True %}", at=now, now=now)
    assert ">2026-11-21 09:00<" in draw("{% moment at %}", at=now - timedelta(days=1), now=now)
    assert ">2026-11-22 09:00<" in draw("{% moment at date=True %}", at=now, now=now)
    assert draw("{% moment at %}", at=None) == "–"


def test_ago_has_the_words_the_script_uses(now):
    assert "3 分钟前" in draw("{% ago at %}", at=now - timedelta(minutes=3, seconds=40), now=now)
    assert "刚刚" in draw("{% ago at %}", at=now, now=now)
    assert "2 小时前" in draw("{% ago at %}", at=now - timedelta(minutes=150), now=now)


class Example(forms.Form):
    place = forms.CharField(label="地点", help_text="现场叫法")
    acts = forms.MultipleChoiceField(
        label="行为", required=False, widget=forms.CheckboxSelectMultiple, choices=[("banner", "横幅")]
    )
    decision = forms.ChoiceField(label="意见", widget=forms.RadioSelect, choices=[("sign", "签发")])


def test_field_joins_label_hint_error_and_control():
    html = draw("{% field form.place %}", form=Example({"place": ""}))

    assert '<label for="id_place">地点</label>' in html
    assert 'id="id_place-hint"' in html
    assert 'id="id_place-error"' in html
    assert 'aria-describedby="id_place-hint id_place-error"' in html
    assert 'aria-invalid="true"' in html


def test_choices_become_a_group_of_chips():
    html = draw("{% field form.acts as_='chips' %}", form=Example())

    assert "<fieldset><legend>行为" in html
    assert '<label class="chip"><input' in html
    assert "（选填）" in html


def test_summary_links_to_the_fields():
    html = draw("{% error_summary form %}", form=Example({}))

    assert '<a href="#id_place">地点：' in html
    assert '<a href="#id_decision_0">意见：' in html
    assert draw("{% error_summary form %}", form=Example()) == ""


def test_once_key_is_new_each_time():
    assert draw("{% once_key %}") != draw("{% once_key %}")


def test_name_of_the_bureau_may_be_missing_everywhere():
    assert draw("{% bureau_name site_name bureau %}", bureau="清河县司法局") == "清河县司法局"
    assert draw("{% bureau_name site_name bureau %}", site_name="市局", bureau="清河县司法局") == "市局"
    assert draw("{% bureau_name site_name bureau %}") != ""


def test_unknown_icon_is_an_error():
    with pytest.raises(Exception, match="no-such-icon"):
        icons.icon("no-such-icon")


# --- pages for when something is not possible ---------------------------------------------------------------

PAGES = Engine(
    dirs=[ROOT / "templates"],
    libraries={"ui": "common.templatetags.ui"},
    builtins=["django.templatetags.i18n", "django.templatetags.static"],
)


@pytest.mark.parametrize("name", ["404.html", "403.html", "500.html", "refused.html"])
def test_page_of_a_refusal_needs_nothing_but_itself(name, chinese):
    refused = WrongState("order_already_arrived", "指令未召回：已到达。")
    context = {} if name == "500.html" else {"request": RequestFactory().get("/x/"), "refused": refused}

    html = PAGES.get_template(name).render(Context(context))

    assert "data-refusal-text" in html
    assert ("指令未召回：已到达。" in html) == (name == "refused.html")


# --- the doors ---------------------------------------------------------------------------------------------


def test_preferences_are_kept_in_cookies_and_the_reader_goes_back():
    request = RequestFactory().post(
        "/ui/preferences/", {"theme": "dark", "language": "en", "next": "/x/?y=1"}
    )

    response = choose(request)

    assert (response.status_code, response["Location"]) == (303, "/x/?y=1")
    assert response.cookies["theme"].value == "dark"
    assert response.cookies["language"].value == "en"
    assert "size" not in response.cookies


def test_preferences_go_to_no_other_site_and_take_no_other_value():
    request = RequestFactory().post(
        "/ui/preferences/", {"theme": "pink", "next": "https://elsewhere.example/"}
    )

    response = choose(request)

    assert response["Location"] == "/"
    assert not response.cookies


def test_redirect_is_told_to_the_form_script():
    middleware = FormRedirectMiddleware(lambda request: HttpResponseRedirect("/next/"))

    told = middleware(RequestFactory().post("/send/", headers={"X-Form": "1"}))
    followed = middleware(RequestFactory().post("/send/"))

    assert (told.status_code, told["X-Location"]) == (204, "/next/")
    assert (followed.status_code, followed["Location"]) == (302, "/next/")


def test_other_answers_pass_the_form_script_untouched():
    middleware = FormRedirectMiddleware(lambda request: HttpResponse("wrong", status=422))

    assert middleware(RequestFactory().post("/send/", headers={"X-Form": "1"})).status_code == 422


#: Forms that are read from and are no list's filter: a choice of one unit, of a period, a page that works things out.
ASKING = {
    "dashboards/promise.html", "drills/new.html", "duty/callout_preview/ask.html", "plans/rehearsal/replay.html",
    "plans/rehearsal/try.html", "rosters/month.html",
}  # fmt: skip


def test_what_narrows_a_list_has_one_look():
    """Aligned in one place, on a desk and on a telephone: nobody lays such a bar out by hand."""
    by_hand = {
        str(file.relative_to(ROOT / "templates"))
        for file in TEMPLATES
        for form in re.findall(r"<form\b[^>]*>", file.read_text())
        if 'method="get"' in form and 'class="filters' not in form
    }

    assert by_hand == ASKING
