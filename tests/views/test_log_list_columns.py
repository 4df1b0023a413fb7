"""/gateways/<gateway>/logs/?columns=…: which columns, in which order, and what a cell leads to."""

import pytest

from tests.conftest import LOGS
from tests.views.reading import HTMX, parse

pytestmark = pytest.mark.django_db


def heads(page):
    return [each.text for each in page.one("table", class_="logs").one("thead").all("th")[1:]]


def led(person, href):
    """The list that a cell's link comes to: the server has the last word on its address."""
    return person.get(href)["Location"]


def row(page, log_id):
    return page.one("tr", data_log_id=log_id)


def menu(page):
    return page.one(id="columns-menu")


def test_the_usual_columns_are_spelled_as_nothing(person):
    page = parse(person.get(LOGS))
    assert heads(page)[:4] == ["Time, UTC", "Status", "Provider / model", "Tokens in → out"]
    assert len(heads(page)) == 9
    assert "columns=" not in "".join(each["href"] for each in page.one("nav", class_="pager").all("a"))


def test_columns_stand_in_the_order_of_the_address(person):
    page = parse(person.get(LOGS + "?columns=cost,time,path,metadata.user"))
    assert heads(page) == ["Cost, USD", "Time, UTC", "Path", "user"]


def test_one_metadata_key_is_a_column_with_its_list(person, bare_store):
    bare_store.add({"id": "with", "metadata": {"user": 42, "team": "a"}})
    bare_store.add({"id": "bare", "metadata": None})
    page = parse(person.get(LOGS + "?columns=time,metadata.user"))
    cells = row(page, "with").all("td", class_="c-text")
    assert [each.one("span", class_="fit").text for each in cells] == ["42"]
    assert led(person, cells[0].one("a")["href"]) == LOGS + "?metadata.user=42&columns=time,metadata.user"
    assert row(page, "bare").all("td", class_="c-text")[0].text == ""


@pytest.mark.parametrize(
    ("columns", "note"),
    [
        ("time,colour,cost", "There is no column “colour”, so it is left out."),
        ("time,tokns,cost", "Did you mean “tokens”?"),
        ("", "The address names no column, so the usual ones are shown."),
        (",".join(f"metadata.k{number}" for number in range(26)), "At most 24 columns are shown; 2 are left out."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_column_that_is_not_known_is_announced_and_the_list_is_shown(person, columns, note, headers):
    answer = person.get(LOGS + f"?columns={columns}", headers=headers)
    assert answer.status_code == 200
    page = parse(answer)
    assert note in " ".join(each.text for each in page.all(class_="note", role="status"))
    assert page.all("tr", data_log_id=None)


def test_columns_given_twice_cannot_be_read(person):
    assert person.get(LOGS + "?columns=time&columns=cost").status_code == 400


def test_the_columns_stay_behind_every_link_and_form_of_the_list(person):
    page = parse(person.get(LOGS + "?columns=time,model,cost&provider=openai")).one(id="results")
    lists = [each["href"] for each in page.all("a", href=None) if each["href"].startswith(LOGS + "?")]
    own = [each["href"] for each in menu(page).all("a", href=None)]
    assert len(lists) > 50
    assert {each for each in lists if "columns=time,model,cost" not in each} <= {*own}
    answer = person.get(LOGS + "?columns=time,model,cost&set_key=model&set_op=&set_value=gpt")
    assert answer["Location"] == LOGS + "?model=gpt&columns=time,model,cost"


def test_a_log_leads_back_to_the_list_with_its_columns(person, store):
    log_id = store.ids("prod-edge")[-1]
    page = parse(person.get(f"{LOGS}{log_id}/?provider=openai&columns=time,cost&open=facets"))
    assert page.one("a", data_back=None)["href"] == LOGS + "?provider=openai&open=facets&columns=time,cost"


def test_the_menu_moves_hides_and_shows_columns(person):
    page = menu(parse(person.get(LOGS + "?columns=time,model,cost")))
    time, model, cost = page.one("ol").all("li")
    assert [each["href"] for each in time.all("a")] == [LOGS + "?columns=model,time,cost", LOGS + "?columns=model,cost"]
    assert [each["href"] for each in model.all("a")] == [
        LOGS + "?columns=model,time,cost",
        LOGS + "?columns=time,cost,model",
        LOGS + "?columns=time,cost",
    ]
    assert [each["href"] for each in cost.all("a")] == [LOGS + "?columns=time,cost,model", LOGS + "?columns=time,model"]
    assert page.links()["Show Path"] == LOGS + "?columns=time,model,cost,path"
    assert page.links()["The usual columns"] == LOGS


def test_the_last_column_cannot_be_hidden(person):
    page = menu(parse(person.get(LOGS + "?columns=cost")))
    assert page.one("ol").all("a") == []


def test_the_menu_offers_the_metadata_keys_of_the_page(person, bare_store):
    bare_store.add({"id": "a", "metadata": {"tenant": "x", "a,b": "y"}})
    links = menu(parse(person.get(LOGS))).links()
    assert "metadata.tenant" in links["Show metadata.tenant"]
    assert "Show metadata.a,b" not in links  # a comma would end the name in the address


def test_a_metadata_key_can_be_named(person):
    answer = person.get(LOGS + "?columns=time&set_column=metadata.user")
    assert answer["Location"] == LOGS + "?columns=time,metadata.user"
    refused = person.get(LOGS + "?columns=time&set_column=user")
    assert refused.status_code == 400
    assert "A metadata key is named as metadata.user." in parse(refused).text


def test_every_column_renders_for_every_log(person):
    from gateway_dash.logs.columns import COLUMNS

    for start in range(0, len(COLUMNS), 20):
        names = ",".join([*COLUMNS][start : start + 20])
        assert person.get(LOGS + f"?columns={names}").status_code == 200


def test_unknown_is_a_word_zero_is_a_number_and_no_score_is_nothing(person, bare_store):
    bare_store.add({"id": "zero", "step": 0, "tokens_in": 0})
    bare_store.add({"id": "none", "step": None, "tokens_in": None})
    page = parse(person.get(LOGS + "?columns=step,tokens_in,score"))
    shown = {
        each: [td.all("span")[0].text for td in row(page, each).all("td", class_="num")] for each in ("zero", "none")
    }
    assert shown == {"zero": ["0", "0", ""], "none": ["unknown", "unknown", ""]}


# --- what a cell leads to


def acts(person, page, log_id, class_):
    found = row(page, log_id).one(class_=class_).one(class_="acts").all("a")
    return {each["title"]: led(person, each["href"]) for each in found}


def test_a_cell_leads_to_the_logs_with_its_value_and_without_it(person, bare_store):
    bare_store.add({"id": "a", "model": "gpt-4o", "success": False, "status_code": 500, "cached": True})
    page = parse(person.get(LOGS + "?provider__not=x"))
    assert acts(person, page, "a", "c-model") == {
        "Only gpt-4o": LOGS + "?provider__not=x&model=gpt-4o",
        "Without gpt-4o": LOGS + "?provider__not=x&model__not=gpt-4o",
    }
    assert acts(person, page, "a", "c-st")["Only calls that failed"] == LOGS + "?provider__not=x&success=false"
    assert acts(person, page, "a", "c-hit")["Without answers from cache"] == LOGS + "?provider__not=x&cached__not=true"


def test_a_number_leads_to_the_logs_above_and_below_it(person, bare_store):
    bare_store.add({"id": "a", "cost": 0.0125, "duration": 1500, "tokens_in": 10, "tokens_out": 5})
    page = parse(person.get(LOGS + "?cost__gt=0.001"))
    assert acts(person, page, "a", "c-cost") == {
        "More than this cost": LOGS + "?cost__gt=0.0125",
        "Less than this cost": LOGS + "?cost__gt=0.001&cost__lt=0.0125",
    }
    assert acts(person, page, "a", "c-dur")["More than this duration"].endswith("&duration__gt=1500")
    assert acts(person, page, "a", "c-tok")["Less than this number of tokens"].endswith("&tokens__lt=15")


def test_what_no_filter_can_say_leads_nowhere(person, bare_store):
    bare_store.add({"id": "a", "model": "x" * 501, "cost": None, "metadata": {"k": "v" * 501}})
    page = parse(person.get(LOGS))
    assert row(page, "a").one(class_="c-model").all("a") == []
    assert row(page, "a").one(class_="c-cost").all("a") == []
    assert row(page, "a").one(class_="c-meta").all("a") == []


def test_the_only_value_of_a_list_cannot_be_left_out(person, bare_store):
    bare_store.add({"id": "a", "provider": "openai", "model": "gpt-4o"})
    assert [*acts(person, parse(person.get(LOGS + "?model=gpt-4o")), "a", "c-model")] == ["Only gpt-4o"]


def test_every_row_leads_to_what_came_just_before_and_after(person, bare_store):
    bare_store.add({"id": "a"})
    page = parse(person.get(LOGS + "?provider__not=x"))
    around = row(page, "a").one(class_="c-time").one("a", title="What came just before and after")
    assert around["href"] == LOGS + "a/around/?provider__not=x"


# --- every field of a log


LEAVES = ("model", "duration", "metadata.user", "metadata.a.b")


def leaf(page, path):
    return next(each for each in page.one("table", class_="fields").all("tr") if each.all("th")[0].text == path)


def test_each_leaf_of_a_log_leads_to_the_logs_that_share_it(person, bare_store):
    bare_store.add({"id": "a", "model": "gpt-4o", "duration": 12, "metadata": {"user": "u-1", "a.b": 3}})
    page = parse(person.get(LOGS + "a/raw/?provider__not=x"))
    lists = {path: [led(person, each["href"]) for each in leaf(page, path).all("a")] for path in LEAVES}
    start = LOGS + "?provider__not=x&"
    assert lists["model"] == [start + "model=gpt-4o", start + "model__not=gpt-4o"]
    assert lists["duration"] == [start + "duration__gt=12", start + "duration__lt=12"]
    assert lists["metadata.user"] == [start + "metadata.user=u-1"]
    assert lists["metadata.a.b"] == [start + "metadata.a.b=3"]


def test_nested_fields_are_shown_leaf_by_leaf(person, bare_store):
    bare_store.add({"id": "a", "timings": {"total": 3, "latency": 1}, "odd": [{"k": "v"}]})
    page = parse(person.get(LOGS + "a/raw/"))
    assert leaf(page, "timings.latency").one("td").text == "1"
    assert leaf(page, "odd[0].k").one("td").text == "v"


def test_deep_and_wide_fields_stay_bounded():
    from gateway_dash.gateway.models import read_log
    from gateway_dash.gateway.query import LogQuery
    from gateway_dash.logs.leaves import leaves
    from gateway_dash.logs.rows import lines_of
    from gateway_dash.logs.screen import Screen

    deep = b'{"id":"a","created_at":"2026-11-01T00:00:00Z","x":' + b'{"y":' * 50 + b"1" + b"}" * 50
    wide = b',"w":[' + b"1," * 500 + b'1],"metadata":{"user":{"name":"n"}}}'
    log = read_log(deep + wide)
    found = {each.path: each for each in leaves(log, lines_of([log], Screen(LOGS), LogQuery()))}
    assert {"x.y.y.y.y", "w"} <= set(found)
    assert len(found) < 20
    assert found["metadata.user"].value == '{"name": "n"}'


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("set_only=colour:red", "not a filter"),
        ("set_without=provider:openai", "cannot be without this value"),
        ("set_without=metadata.user:42", "cannot be without this value"),
        ("set_also=cost:>1 cached:true", "is not one filter"),
    ],
)
def test_a_cells_link_that_cannot_be_followed_is_refused(person, wire, link, said):
    answer = person.get(LOGS + "?provider=openai&" + link)
    assert answer.status_code == 400
    assert said in parse(answer).text
    assert wire.sent == []
