"""Pages of thousands of elements take turns, and small ones do not wait for them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.template import TemplateDoesNotExist

from gateway_dash.web import render


def test_one_large_page_is_laid_out_at_once_and_a_small_one_waits_for_none(rf, monkeypatch):
    began, go_on = threading.Semaphore(0), threading.Event()

    def laid_out(page, _context, _request):
        if page == "large.html":
            began.release()
            assert go_on.wait(60)
        return page

    monkeypatch.setattr(render, "render_to_string", laid_out)
    with ThreadPoolExecutor(5) as pool:
        large = [pool.submit(render.render_large, rf.get("/"), "large.html#part", {}) for _ in range(5)]
        assert began.acquire(timeout=60)
        assert render.render_part(rf.get("/"), "small.html", {}).content == b"small.html"
        assert not began.acquire(timeout=0.1)
        go_on.set()
        assert [each.result().content for each in large] == [b"large.html"] * 5


def test_a_large_page_that_cannot_be_laid_out_gives_its_turn_back(rf):
    for _ in range(2):
        with pytest.raises(TemplateDoesNotExist):
            render.render_large(rf.get("/"), "there is no such template.html", {})
