"""Every scene at every width, light and dark: nothing scrolls sideways, and axe finds nothing to say."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.scenes import SCENES, Stage

SIZES = ((390, 844), (768, 1024), (1024, 768), (1440, 900))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
HEARD = ((390, "dark"), (1440, "light"))  # axe takes a second each time: both layouts, both schemes
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """async rules => {
    const found = await axe.run(document, {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]});
    return found.violations.flatMap(rule => rule.nodes.map(
        node => `${rule.id}: ${node.target} ${node.failureSummary.replace(/\\s+/g, " ")}`));
}"""


@pytest.fixture
def stage(page, store, sandbox, upstream_answers, watch) -> Stage:
    watch.expect(400, 403, 404, 409, 410, 422, 502, 503, 504)
    return Stage(page, store, sandbox, upstream_answers)


@pytest.mark.parametrize("scene", SCENES)
def test_nothing_scrolls_sideways_and_axe_finds_nothing(stage, scene):
    SCENES[scene](stage)
    assert wrong_with(stage.page) == []


def wrong_with(page: Page) -> list[str]:
    """What a page shows wrong at any width and in either scheme."""
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE_SCRIPT)
    wrong = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            over = page.evaluate(
                "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth"
            )
            wrong += [f"{over} px too wide at {width}, {scheme}"] if over > 0 else []
            if (width, scheme) in HEARD:
                # As high as the page, from its top: else what lies under the bars counts as hidden in part.
                whole = page.evaluate("document.documentElement.scrollHeight")
                page.set_viewport_size({"width": width, "height": min(max(height, whole), 8000)})
                page.evaluate("scrollTo(0, 0)")
                wrong += [f"{each} ({width}, {scheme})" for each in page.evaluate(RUN_AXE, RULES)]
    return wrong


@pytest.mark.parametrize(
    "scene",
    [
        "login",
        "gateways",
        "list",
        "list, views menu",
        "views",
        "palette as a page",
        "detail",
        "preview",
        "error: address",
    ],
)
def test_nothing_scrolls_sideways_without_javascript(
    open_browser, sign_in, store, sandbox, upstream_answers, watch, scene
):
    """What is shown only without it; axe itself needs it."""
    watch.expect(400)
    page = sign_in(open_browser(javascript=False))
    if scene == "detail":
        page.goto(Stage(page, store, sandbox, upstream_answers).odd("html"))
    else:
        SCENES[scene](Stage(page, store, sandbox, upstream_answers))
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
