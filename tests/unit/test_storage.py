"""What the collected files are made of."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

from gateway_dash.web import storage
from gateway_dash.web.storage import ONE_SHEET, SHEETS, HashedFiles, tight

ROOT = Path(__file__).resolve().parents[2]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "gateway_dash.web.storage.HashedFiles"},
}


@pytest.fixture
def collected(tmp_path):
    with override_settings(STORAGES=STORAGES, STATIC_ROOT=tmp_path):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield tmp_path


def test_the_sheets_are_one_in_their_order_and_each_page_links_it(collected):
    text = (collected / ONE_SHEET).read_text()
    firsts = [tight(name, (ROOT / "static" / name).read_text())[:60] for name in SHEETS]
    places = [text.index(first) for first in firsts]
    assert places == sorted(places)
    assert "/*" not in text
    assert storage.sheets() == (ONE_SHEET,)


def test_collected_files_have_hashed_names_and_smaller_twins(collected):
    names = {path.name for path in collected.glob("css/all.*")}
    assert any(name.endswith(".css.br") for name in names)
    assert any(len(name.split(".")) == 3 and name.endswith(".css") for name in names)


def test_collecting_a_second_time_changes_nothing(collected):
    before = (collected / ONE_SHEET).read_bytes()
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (collected / ONE_SHEET).read_bytes() == before


@pytest.mark.parametrize("path", sorted((ROOT / "static" / "css").glob("*.css")), ids=lambda path: path.name)
def test_a_sheet_that_is_made_tight_keeps_every_rule(path):
    text = path.read_text()
    small = tight(path.name, text)
    assert small.count("{") == text.count("{")
    assert small.count("}") == small.count("{")
    assert small.count(";") == storage._COMMENT.sub("", text).count(";")
    assert '"/*' not in text  # a comment's sign in a string would be taken for one


@pytest.mark.parametrize("path", sorted((ROOT / "static" / "js").glob("*.js")), ids=lambda path: path.name)
def test_a_script_that_is_made_tight_loses_nothing_but_comments_and_indentation(path):
    lines = [line.strip() for line in path.read_text().splitlines()]
    kept = [line for line in lines if line and not line.startswith("//")]
    assert [line for line in tight(path.name, path.read_text()).splitlines() if line] == kept
    for quote in path.read_text().split("`")[1::2]:
        assert "\n" not in quote  # a text over several lines would lose its indentation


def test_the_storage_is_the_one_of_the_settings():
    from gateway_dash import settings

    assert str(settings.STORAGES["staticfiles"]["BACKEND"]).endswith(HashedFiles.__name__)
