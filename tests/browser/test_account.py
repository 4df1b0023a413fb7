"""Signing in with a second factor, and a person's own page, with scripts and without."""

from __future__ import annotations

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from playwright.sync_api import Page, expect

from gateway_dash.environment_signin import Oidc, providers
from gateway_dash.signin import throttle
from tests.browser.test_look import wrong_with
from tests.views.signing_in import PASSWORD, code, second_factor

SET_UP = "/account/second-factor/"


def leave(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/login/")


def type_password(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("User name").fill("kim")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def confirm(page: Page) -> None:
    """What the owner alone may do asks for the password first."""
    page.goto(SET_UP)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def test_a_second_factor_is_set_up_asked_for_and_removed(any_page):
    confirm(any_page)
    any_page.wait_for_load_state("networkidle")
    picture = any_page.locator("img.qr")
    assert picture.evaluate("image => image.complete && image.naturalWidth") > 0  # the policy let it through
    secret = any_page.locator("#secret").inner_text().replace(" ", "")
    any_page.get_by_label("Type the six digits").fill(code(secret))
    any_page.get_by_role("button", name="Turn it on").click()
    recovery = any_page.locator("#codes li").first.inner_text()
    leave(any_page)
    type_password(any_page)
    any_page.get_by_label("Code").fill(recovery)
    any_page.get_by_role("button", name="Sign in").click()
    any_page.goto("/account/")
    expect(any_page.locator("main")).to_contain_text("9 of 10 are left")
    any_page.get_by_text("Remove…").click()
    any_page.get_by_role("button", name="Remove app and recovery codes").click()
    expect(any_page.get_by_role("link", name="Set up a second factor")).to_be_visible()


def test_a_session_elsewhere_is_ended_with_one_click(any_page, kim):
    other = Client(headers={"User-Agent": "Firefox/140.0"})
    other.force_login(kim)
    other.get("/account/")
    any_page.goto("/account/")
    any_page.get_by_role("button", name="End the session of Firefox").click()
    expect(any_page.get_by_role("button", name="End the session of Firefox")).to_have_count(0)
    assert other.get("/gateways/").status_code == 302


def _account(page: Page) -> None:
    page.goto("/account/")


def _password(page: Page) -> None:
    page.goto("/account/password/")
    page.get_by_label("Old password").fill("wrong")
    page.get_by_label("New password", exact=True).fill("one that is long")
    page.get_by_label("New password confirmation").fill("and another one")
    page.get_by_role("button", name="Change the password").click()


def _confirm(page: Page) -> None:
    page.goto("/account/confirm/")
    page.get_by_label("Your password").fill("wrong")
    page.get_by_role("button", name="Go on").click()


def _set_up(page: Page) -> None:
    confirm(page)
    page.get_by_label("Type the six digits").fill("000000")
    page.get_by_role("button", name="Turn it on").click()


def _code(page: Page) -> None:
    leave(page)
    type_password(page)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()


def _codes(page: Page) -> None:
    page.goto("/account/second-factor/codes/")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#codes li")).to_have_count(10)


def _too_many(page: Page) -> None:
    for _ in range(throttle.LIMITS["name"].tries):
        throttle.take(name="kim")
    leave(page)
    type_password(page)
    expect(page.get_by_role("heading", name="Too many tries")).to_be_visible()


PLAIN = {"account": _account, "password": _password, "confirm": _confirm, "set up": _set_up, "too many": _too_many}
GUARDED = {"account": _account, "code": _code, "codes": _codes}


@pytest.mark.parametrize("scene", PLAIN)
def test_nothing_scrolls_sideways_and_axe_finds_nothing(page, watch, scene):
    watch.expect(429)
    PLAIN[scene](page)
    assert wrong_with(page) == []


@pytest.mark.parametrize("scene", GUARDED)
def test_the_same_with_a_second_factor(page, kim, scene):
    second_factor(kim)
    GUARDED[scene](page)
    assert wrong_with(page) == []


def test_the_same_with_a_provider(page, kim, settings):
    oidc = Oidc("https://login.example.com/realm", "dash", "secret", "Example Login", ("example.com",))
    settings.SOCIALACCOUNT_PROVIDERS = providers(oidc)
    SocialAccount.objects.create(user=kim, provider=oidc.url, uid="u-1", extra_data={"email": "kim@example.com"})
    page.goto("/account/")
    expect(page.get_by_text("Example Login")).to_be_visible()
    assert wrong_with(page) == []
    leave(page)
    expect(page.get_by_role("link", name="Sign in with Example Login")).to_be_visible()
    assert wrong_with(page) == []
