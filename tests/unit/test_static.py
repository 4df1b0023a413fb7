"""The front end holds together, asks no other host for anything, and stays within its content security policy."""

import gzip
import html
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from gateway_dash.web.storage import OWN_SHEETS, SHEETS, sheets
from gateway_dash.web.templatetags.dash import LOG_ICONS

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
CSS = sorted((ROOT / "static" / "css").glob("*.css"))
JS = sorted((ROOT / "static" / "js").glob("*.js"))
SVG = sorted((ROOT / "static").glob("*.svg"))
CODE = sorted((ROOT / "gateway_dash").rglob("*.py"))

# The order in which the sheets are linked; the first says the order of the layers.


def name(path):
    return str(path.relative_to(ROOT))


def read(path):
    return path.read_text("utf-8")


def without_comments(text):
    return re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}|<!--.*?-->|/\*.*?\*/", "", text, flags=re.DOTALL)


def each(paths):
    return pytest.mark.parametrize("path", paths, ids=name)


# --- icons


SPRITES = ("icons.svg", "log-icons.svg")


def symbols(*sprites):
    trees = [ElementTree.parse(ROOT / "static" / sprite) for sprite in sprites or SPRITES]  # noqa: S314 our own files
    return [symbol.get("id") for tree in trees for symbol in tree.iter("{http://www.w3.org/2000/svg}symbol")]


def test_the_sprites_name_their_licence_and_each_icon_once():
    for sprite in SPRITES:
        assert "ISC licence: icons.LICENSE.txt" in read(ROOT / "static" / sprite)
    assert "Permission to use, copy, modify" in read(ROOT / "static" / "icons.LICENSE.txt")
    assert len(symbols()) == len(set(symbols()))


def test_an_icon_is_looked_for_in_the_sprite_that_has_it():
    assert set(symbols("log-icons.svg")) == {f"i-{name}" for name in LOG_ICONS}


@each(TEMPLATES)
def test_each_icon_of_a_template_is_in_the_sprite(path):
    text = read(path)
    names = re.findall(r"""{%\s*icon\s+["']([^"']+)["']""", text)
    names += re.findall(r"""{%\s*icon\s+\S+\|default:["']([^"']+)["']""", text)
    assert [name for name in names if f"i-{name}" not in symbols()] == []


@each(CODE)
def test_each_icon_named_in_code_is_in_the_sprite(path):
    names = re.findall(r"""\bicon(?::\s*str)?\s*=\s*["']([^"']+)["']""", read(path))
    assert [name for name in names if f"i-{name}" not in symbols()] == []


# --- no other host, nothing inline


@each([*TEMPLATES, *CSS, *JS, *SVG])
def test_no_file_names_another_host(path):
    text = without_comments(read(path)).replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]{2,}[^\s\"']*", text, re.IGNORECASE) == []


@each([path for path in TEMPLATES if path.suffix == ".html"])
def test_a_template_has_nothing_inline(path):
    text = without_comments(read(path))
    assert re.findall(r"<style\b", text) == []
    assert [tag for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag] == []
    assert re.findall(r"\s(?:style|on[a-z]+|hx-on[^=\s]*)\s*=", text) == []
    assert re.findall(r"javascript:|hx-vals=[\"']js:|\|\s*safe\b|autoescape off", text) == []


@each([path for path in TEMPLATES if path.suffix == ".html"])
def test_each_form_that_posts_carries_a_token_and_each_link_works_without_htmx(path):
    text = without_comments(read(path))
    for form in re.findall(r"<form\b.*?</form>", text, re.DOTALL | re.IGNORECASE):
        if re.search(r"method=[\"']post", form, re.IGNORECASE):
            assert "{% csrf_token %}" in form
    for tag in re.findall(r"<a\b[^>]*hx-get=[^>]*>", text):
        assert "href=" in tag


@each(CSS)
def test_a_sheet_loads_nothing(path):
    text = without_comments(read(path))
    assert "@import" not in text
    assert "url(" not in text


@each(JS)
def test_a_script_writes_text_only_and_evaluates_nothing(path):
    text = read(path)
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|\.style\b|setAttribute\(.on"
    )
    assert re.findall(forbidden, text) == []
    assert re.findall(r"set(?:Timeout|Interval)\(\s*[\"'`]", text) == []


# --- it holds together


def test_the_pages_link_every_sheet_in_order():
    assert [name(path).removeprefix("static/") for path in CSS] == sorted((*SHEETS, *OWN_SHEETS))
    assert sheets() == SHEETS  # nothing was collected here
    assert "@layer tokens, base, layout, components, pages;" in read(ROOT / "static" / "css" / "tokens.css")


@pytest.mark.parametrize("template", ["400.html", "500.html"])
def test_a_page_that_stands_alone_renders_with_nothing_and_links_what_is_there(template):
    text = render_to_string(template)
    assert "<h1" in text
    linked = re.findall(r"href=\"/static/([^\"]+)\"", text)
    assert linked
    assert [path for path in linked if not (ROOT / "static" / path).is_file()] == []


@each(JS)
def test_a_script_imports_what_is_there(path):
    for imported in re.findall(r"from \"\./([^\"]+)\"|import \"\./([^\"]+)\"", read(path)):
        assert (path.parent / "".join(imported)).is_file()


def test_a_page_reaches_every_module():
    texts = "".join(read(path) for path in (ROOT / "templates").rglob("*.html"))
    reached, found = set(), re.findall(r"'js/([a-z_]+\.js)'", texts)  # the entry, and what one page needs
    assert "dash.js" in found
    while found:
        module = found.pop()
        if module not in reached:
            reached.add(module)
            found += re.findall(r"\"\./([^\"]+)\"", read(ROOT / "static" / "js" / module))
    assert reached == {path.name for path in JS}


def test_the_scripts_stay_small():
    sizes = {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in JS}
    assert sum(sizes.values()) < 30_000
    assert sizes["palette.js"] < 2_500


def test_a_sheet_is_readable():
    for path in [*CSS, *JS]:
        assert max(map(len, read(path).splitlines())) <= 120, name(path)


def test_braces_of_every_sheet_are_closed():
    for path in CSS:
        text = without_comments(read(path))
        assert text.count("{") == text.count("}"), name(path)


def test_htmx_is_configured_to_evaluate_and_keep_nothing():
    config = json.loads(html.unescape(render_to_string("parts/htmx_config.txt")))
    assert config["allowEval"] is config["allowScriptTags"] is config["includeIndicatorStyles"] is False
    assert config["selfRequestsOnly"] is config["disableInheritance"] is True
    assert config["historyCacheSize"] == 0


@pytest.mark.parametrize(
    ("status", "goes_to"),
    [(200, None), (204, ""), (302, None), (400, "#notice"), (422, None), (429, "#notice"), (503, "#notice")],
)
def test_an_error_goes_to_the_notice_and_a_form_with_errors_stays_in_place(status, goes_to):
    rules = json.loads(html.unescape(render_to_string("parts/htmx_config.txt")))["responseHandling"]
    rule = next(rule for rule in rules if re.search(rule["code"], str(status)))
    assert (rule.get("target") if rule["swap"] else "") == goes_to
