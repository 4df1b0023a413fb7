"""One recorded call of each shape in a real browser: nothing overlaps the edge, nothing complains, axe is content."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from gateway_dash.sandbox import Store
from tests.conftest import LOGS
from tests.gallery import bodies, largest, readings


@pytest.fixture
def store():
    store = Store.seeded(3)
    yield store
    store.close()


@pytest.mark.parametrize("case", largest(), ids=lambda case: case.parent.name)
def test_a_shape_can_be_read_on_a_screen_and_on_a_phone(open_browser, sign_in, store, case: Path):
    store.add({"id": "one", **bodies(case)})
    page = sign_in(open_browser())
    page.goto(LOGS + "one/conversation/")
    for reading in readings(case).values():
        assert reading.said
        expect(page.locator("#said-h + span")).to_contain_text(reading.said.shape)
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
