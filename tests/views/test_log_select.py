"""/gateways/<gateway>/logs/selection/"""

from datetime import UTC, datetime, timedelta

import pytest

from gateway_dash.bulk.models import Job
from gateway_dash.gateway.query import LogQuery
from gateway_dash.logs.selection import HELD, key_of
from tests.conftest import LOGS
from tests.people import somebody
from tests.views.deleting import confirmed, url_of, work_off
from tests.views.reading import HTMX, fields, ids, parse

pytestmark = pytest.mark.django_db

URL = LOGS + "selection/"
PAGE = LOGS + "?provider=mistral&per_page=20"


@pytest.fixture
def logs(bare_store):
    """A hundred and twenty logs of one provider and three of another, all old enough."""
    start = datetime.now(UTC) - timedelta(hours=5)
    for number in range(120):
        at = (start + timedelta(seconds=number)).isoformat()
        bare_store.add({"id": f"m-{number:04}", "created_at": at, "provider": "mistral"})
    for number in range(3):
        bare_store.add({"id": f"g-{number}", "created_at": start.isoformat(), "provider": "groq"})
    return bare_store


def form_of(answer):
    return parse(answer).one("form", class_="logs-form")


def send(person, answer, button="", **changed):
    """What the form of the list sends to be kept, with these fields changed; the address that it leads to."""
    form = form_of(answer)
    kept = person.post(form["data-keep"], fields(form) | {"to": LOGS} | changed)
    assert kept.status_code == 303, kept.text
    return kept["Location"]


def tick(person, url, *log_ids, to):
    """Tick these on the page and go on."""
    answer = person.get(url)
    already = fields(form_of(answer)).get("id", [])
    return send(person, answer, id=[*already, *log_ids], to=to)


def ticked(answer):
    """The rows whose boxes are ticked."""
    boxes = form_of(answer).one("tbody").all("input", type="checkbox")
    return {box["value"] for box in boxes if "checked" in box}


def sent(answer):
    """All ids that the form would send."""
    return set(fields(form_of(answer)).get("id", []))


def note(answer):
    return " ".join(each.text for each in parse(answer).one(id="results").all(class_="note", role="status"))


# --- kept over pages


def test_what_was_ticked_stays_ticked_on_another_page_and_back(person, logs):
    second = person.get(tick(person, PAGE, "m-0119", "m-0118", to=PAGE + "&page=2"))
    assert ticked(second) == set()
    assert sent(second) == {"m-0119", "m-0118"}
    bar = parse(second).one(class_="selbar")
    assert "selected, 2 of them on other pages" in bar.text
    first = person.get(tick(person, second.wsgi_request.get_full_path(), "m-0095", to=PAGE))
    assert ticked(first) == {"m-0119", "m-0118"}
    assert sent(first) == {"m-0119", "m-0118", "m-0095"}
    assert "1 of them on other pages" in parse(first).one(class_="selbar").text


def test_a_row_that_is_unticked_leaves_and_those_on_other_pages_stay(person, logs):
    second = person.get(tick(person, PAGE, "m-0119", "m-0118", to=PAGE + "&page=2"))
    back = person.get(send(person, second, to=PAGE))
    after = person.get(send(person, back, id=["m-0118"], to=PAGE))
    assert sent(after) == {"m-0118"}


@pytest.mark.parametrize("other", ["&sort=model", "&per_page=50", "&columns=time,cost", "&open=facets", "&page=3"])
def test_a_sort_a_size_and_columns_leave_the_selection_as_it_is(person, logs, other):
    url = LOGS + "?provider=mistral" + other
    assert sent(person.get(tick(person, PAGE, "m-0119", to=url))) == {"m-0119"}


def test_every_link_of_the_list_carries_the_selection_and_the_links_for_others_do_not(person, logs):
    page = parse(person.get(tick(person, PAGE, "m-0119", to=PAGE))).one(id="results")
    for name in ("Next page", "Time, UTC", "50 on a page"):
        assert "picked=" in page.links()[name]
    assert "picked=" in page.all("td", class_="c-time")[0].all("a")[0]["href"]
    assert "picked=" not in page.links()["Clear selection"]
    assert "picked=" not in page.all("a", data_copy_link=None)[0]["href"]
    for menu in page.all(id="export-menu"):
        assert not any("picked=" in url for url in menu.links().values())


def test_the_drawer_and_a_logs_page_lead_back_to_the_selection(person, logs):
    url = tick(person, PAGE, "m-0119", to=PAGE)
    drawer = person.get(url.replace(LOGS, LOGS + "m-0118/peek/"), headers=HTMX)
    assert "picked=" in drawer["HX-Push-Url"]
    assert "picked=" in parse(drawer).one("a", data_peek_close=None)["href"]
    page = person.get(url.replace(LOGS, LOGS + "m-0118/"))
    assert sent(person.get(parse(page).one("a", data_back=None)["href"])) == {"m-0119"}


def test_a_pinned_page_of_a_relative_range_is_the_same_list(person, logs):
    first = person.get(LOGS + "?since=24h&per_page=20")
    following = parse(first).links()["Next page"]
    assert "as_of=" in following
    assert sent(person.get(tick(person, LOGS + "?since=24h&per_page=20", "m-0119", to=following))) == {"m-0119"}


def test_the_order_of_the_filters_does_not_make_another_list(person, logs):
    url = tick(person, LOGS + "?provider=mistral&success__not=false", "m-0119", to=LOGS)
    key = url.rpartition("picked=")[2]
    assert sent(person.get(f"{LOGS}?success__not=false&provider=mistral&picked={key}")) == {"m-0119"}


def test_htmx_gets_the_list_with_the_selection_in_its_address(person, logs):
    form = form_of(person.get(PAGE))
    data = fields(form) | {"id": ["m-0119"], "to": PAGE + "&page=2"}
    answer = person.post(form["data-keep"], data, headers=HTMX, follow=True)
    assert "picked=" in answer["HX-Push-Url"]
    assert "page=2" in answer["HX-Push-Url"]
    assert len(ids(answer)) == 20


def test_the_box_in_the_head_keeps_the_whole_page_without_javascript(person, logs):
    answer = person.get(PAGE)
    kept = person.get(send(person, answer, _page="1", to=PAGE + "&page=2"))
    assert sent(kept) == set(ids(answer))


def test_nothing_ticked_leaves_the_address_bare(person, logs):
    assert tick(person, PAGE, to=PAGE) == PAGE
    url = tick(person, PAGE, "m-0119", to=PAGE)
    assert send(person, person.get(url), id=[], to=url) == PAGE


def test_a_page_without_rows_still_shows_what_is_selected(person, logs):
    empty = person.get(tick(person, PAGE, "m-0119", to=LOGS + "?provider=mistral&page=99"))
    assert "1 of them on other pages" in parse(empty).one(class_="selbar").text
    assert sent(empty) == {"m-0119"}


# --- one list, one session


def test_another_filter_is_another_selection_and_says_so(person, logs):
    url = tick(person, PAGE, "m-0119", "m-0118", to=PAGE)
    key = url.rpartition("picked=")[2]
    other = person.get(f"{LOGS}?provider=groq&picked={key}")
    assert "2 logs of the list before stayed selected there" in note(other)
    assert sent(other) == set()
    assert "picked=" not in parse(other).links()["Time, UTC"]
    assert sent(person.get(url)) == {"m-0119", "m-0118"}


def test_a_link_that_filters_carries_the_selection_so_that_it_can_be_said_to_be_left(person, logs):
    page = parse(person.get(tick(person, PAGE, "m-0119", to=PAGE)))
    assert "1 log of the list before stayed selected there" in note(person.get(page.links()["Clear"]))


def test_the_selection_of_somebody_else_is_said_and_the_list_is_shown(person, logs, client, django_user_model):
    url = tick(person, PAGE, "m-0119", to=PAGE)
    client.logout()
    client.force_login(somebody("lee"))
    answer = client.get(url)
    assert answer.status_code == 200
    assert "belongs to another session or has expired" in note(answer)
    assert len(ids(answer)) == 20
    assert sent(answer) == set()
    assert "picked=" not in client.get(url, headers=HTMX)["HX-Push-Url"]


@pytest.mark.parametrize(
    "bad", ["", "x", "0123456789abcde", "0123456789ABCDEF", "0123456789abcdef0", "..%2F..%2Fetc%2Fpw"]
)
def test_a_key_of_another_form_is_refused_without_a_call(person, logs, wire, bad):
    answer = person.get(f"{LOGS}?picked={bad}")
    assert answer.status_code == 400
    assert "picked" in answer.text
    assert wire.sent == []


def test_the_session_holds_ids_and_nothing_else_of_a_log_or_a_filter(person, logs):
    tick(person, LOGS + "?provider=mistral&user_agent__not=secret-tenant", "m-0119", to=LOGS)
    tick(person, PAGE, "m-0119", to=PAGE)
    assert [*person.session[HELD].values()] == [["m-0119"], ["m-0119"]]
    assert "secret" not in str(dict(person.session))


def test_the_same_ids_in_another_gateway_are_another_selection():
    query = LogQuery()
    assert key_of("a", query, ["x"]) != key_of("b", query, ["x"])
    assert key_of("a", query, ["x", "y"]) == key_of("a", query, ["y", "x"])


def test_eight_selections_are_held_and_the_oldest_goes(person, logs):
    urls = [tick(person, PAGE, f"m-{number:04}", to=PAGE) for number in range(100, 109)]
    assert len(person.session[HELD]) == 8
    assert "has expired" in note(person.get(urls[0]))
    assert sent(person.get(urls[1])) == {"m-0101"}


def test_more_than_500_are_refused_and_what_was_selected_stays(person, logs):
    many = [f"x-{number}" for number in range(499)]
    url = tick(person, PAGE, *many, to=PAGE)
    form = form_of(person.get(url))
    refused = person.post(form["data-keep"], fields(form) | {"id": [*many, "m-0119", "m-0118"], "to": PAGE})
    assert refused.status_code == 400
    assert "501 logs would be selected, and at most 500 can be" in refused.text
    assert sent(person.get(url)) == set(many)
    assert sent(person.get(tick(person, url, "m-0119", to=PAGE))) == {*many, "m-0119"}


def test_a_refusal_leaves_the_list_of_htmx_where_it_is(person, logs):
    answer = person.post(URL, {"id": [f"x-{number}" for number in range(501)], "to": PAGE}, headers=HTMX)
    assert answer.status_code == 400  # 422 would take the place of the list
    assert answer["HX-Push-Url"] == "false"


# --- what a form may say


@pytest.mark.parametrize("to", ["", "https://evil.example/", "//evil.example/", "/logout/", LOGS.replace("prod", "x")])
def test_it_leads_to_pages_of_these_logs_alone(person, logs, to):
    answer = person.post(URL, {"id": "m-0119", "to": to})
    assert answer.status_code == 400
    assert "“to”" in answer.text
    assert HELD not in person.session


@pytest.mark.parametrize("bad", ["../x", "a b", "", "x" * 129, "ä", "*"])
def test_an_id_that_no_log_can_have_is_refused(person, logs, bad):
    assert person.post(URL, {"id": bad, "to": PAGE}).status_code == 400
    assert HELD not in person.session


def test_keeping_asks_the_upstream_nothing(person, logs, wire):
    person.post(URL, {"id": "m-0119", "to": PAGE})
    assert wire.sent == []


def test_only_post_is_answered(person, logs):
    assert person.get(URL).status_code == 405


# --- a list of the selected


def test_the_selected_can_be_listed_alone_and_are_selected_there(person, logs):
    second = person.get(tick(person, PAGE, "m-0119", to=PAGE + "&page=2"))
    shown = person.get(send(person, second, id=["m-0119", "m-0095"], show="1"))
    assert set(ids(shown)) == ticked(shown) == {"m-0119", "m-0095"}
    assert not note(shown)


def test_more_than_fifty_cannot_be_listed_alone_and_the_bar_says_why(person, logs):
    many = [f"m-{number:04}" for number in range(51)]
    page = parse(person.get(tick(person, PAGE, *many, to=PAGE)))
    assert "A list shows at most 50 of them by their ids." in page.one(class_="selbar").text
    assert not page.all("button", name="show")
    refused = person.post(URL, {"id": many, "show": "1"})
    assert refused.status_code == 400
    assert "51 logs are selected, and a list can name 50 ids at most" in refused.text


def test_nothing_selected_cannot_be_listed_alone(person, logs):
    assert person.post(URL, {"show": "1"}).status_code == 422


# --- all that match


def test_all_that_match_stays_chosen_on_other_pages(person, logs):
    first = person.get(PAGE)
    second = person.get(send(person, first, id=ids(first), everything="1", to=PAGE + "&page=2"))
    assert ticked(second) == set(ids(second))
    assert "checked" in form_of(second).one("input", name="everything")
    assert "All 120 that match are selected, at this moment." in parse(second).one(class_="selbar").text


def test_all_that_match_drops_to_the_ticked_rows_with_the_first_row_less(person, logs):
    first = person.get(PAGE)
    second = person.get(send(person, first, id=ids(first), everything="1", to=PAGE + "&page=2"))
    left = ids(second)[1:]
    third = person.get(send(person, second, id=left, everything="1", to=PAGE + "&page=3"))
    assert sent(third) == set(left)
    assert "checked" not in form_of(third).one("input", name="everything")


def test_all_that_match_in_one_list_is_not_all_that_match_in_another(person, logs):
    first = person.get(PAGE)
    url = send(person, first, id=ids(first), everything="1", to=LOGS + "?provider=groq")
    other = person.get(url)
    assert sent(other) == set()
    assert "All logs that match of the list before" in note(other)


# --- deletion takes what is selected, on every page, and never more than the boxes say


def previewed(person, answer, **changed):
    """The ids of the plan that the form leads to, and its page."""
    form = form_of(answer)
    plan = person.post(form["action"], fields(form) | changed, follow=True)
    assert plan.status_code == 200, plan.text
    job = Job.objects.get(key=plan.request["PATH_INFO"].split("/")[-2])
    return set(job.items.values_list("log_id", flat=True)), plan


def test_a_deletion_takes_the_selected_of_other_pages_too_and_says_how_many(person, logs):
    second = person.get(tick(person, PAGE, "m-0119", "m-0118", to=PAGE + "&page=2"))
    taken, preview = previewed(person, second, id=["m-0119", "m-0118", "m-0095"])
    assert taken == {"m-0119", "m-0118", "m-0095"}
    strip = parse(preview).one("dl", class_="strip")
    assert "On other pages2 of those that you ticked" in strip.text


def test_the_way_back_from_a_preview_finds_the_same_rows_ticked(person, logs):
    _taken, preview = previewed(person, person.get(PAGE), id=["m-0119", "m-0118"])
    back = person.get(parse(preview).one(class_="crumb").all("a")[0]["href"])
    assert ticked(back) == {"m-0119", "m-0118"}


def test_all_that_match_deletes_them_where_every_row_is_ticked(person, logs):
    answer = person.get(PAGE)
    taken, preview = previewed(person, answer, id=ids(answer), everything="1")
    assert len(taken) == 120
    assert "“All that match” was on" not in preview.text


def test_all_that_match_by_the_box_in_the_head_without_javascript(person, logs):
    assert len(previewed(person, person.get(PAGE), _page="1", everything="1")[0]) == 120


@pytest.mark.parametrize("head", [{}, {"_page": "1"}])
def test_all_that_match_never_deletes_more_than_the_ticked_rows(person, logs, head):
    answer = person.get(PAGE)
    left = ids(answer)[:-1]
    taken, preview = previewed(person, answer, id=left, everything="1", **head)
    assert taken == set(left)
    assert "only the ticked logs are meant" in preview.text


def test_all_that_match_with_no_row_ticked_deletes_nothing(person, logs):
    form = form_of(person.get(PAGE))
    assert person.post(form["action"], fields(form) | {"everything": "1"}).status_code == 422


def test_the_selected_of_other_pages_do_not_stand_for_rows_of_this_one(person, logs):
    """Twenty ids and twenty rows, but not the same ones."""
    first = person.get(PAGE)
    second = person.get(send(person, first, id=ids(first), to=PAGE + "&page=2"))
    taken, _preview = previewed(person, second, everything="1")
    assert taken == set(ids(first))


def test_after_a_deletion_the_list_has_no_selection(person, logs, no_pauses):
    url = tick(person, PAGE, "m-0119", to=PAGE)
    previewed(person, person.get(url))
    job = Job.objects.get()
    confirmed(person, job)
    work_off()
    done = person.get(url_of(job))
    assert parse(done).one("h1").text == "1 log deleted, and verified gone"
    assert not any("picked=" in each for each in parse(done).links().values())
