"""/gateways/<gateway>/logs/<log_id>/annotate/"""

from dataclasses import replace

import httpx
import pytest

from gateway_dash.team.roles import READER
from tests.conftest import LOGS
from tests.people import only
from tests.views.reading import HTMX, fields, parse

pytestmark = pytest.mark.django_db

LOG = LOGS + "one/"
URL = LOG + "annotate/"
PAIRS = {"team": "AI", "user": 12345, "test": True, "ratio": 0.25}
TYPED = [("team", "AI", "text"), ("user", "12345", "number"), ("test", "true", "flag"), ("ratio", "0.25", "number")]


@pytest.fixture
def log(bare_store):
    """A log whose app sent metadata of each type."""
    bare_store.add({"id": "one", "metadata": dict(PAIRS), "score": 50, "feedback": -1})
    return bare_store


def form_of(answer):
    """What a browser would send back of the form in an answer."""
    return fields(parse(answer).one("form", data_annotate=None))


@pytest.fixture
def typed(person, log):
    """Open the log, type something into its form, and send it as htmx does."""

    def send(opened=None, *, headers=HTMX, entries=None, **values):
        data = form_of(opened or person.get(LOG))
        if entries is not None:
            data["key"], data["value"], data["type"] = (list(each) for each in zip(*entries, strict=True))
        return person.post(URL, data | {name: [value] for name, value in values.items()}, headers=headers)

    return send


def panel(answer):
    return parse(answer).one("section", id="annotation")


# --- only what changed is sent


@pytest.mark.parametrize(
    ("values", "patch"),
    [
        ({"feedback": "1"}, {"feedback": 1}),
        ({"feedback": ""}, {"feedback": None}),
        ({"score": "0"}, {"score": 0}),
        ({"score": "99.5"}, {"score": 99.5}),
        ({"score": ""}, {"score": None}),
        ({"score": " 100 "}, {"score": 100}),
        ({"feedback": "1", "score": "7"}, {"feedback": 1, "score": 7}),
    ],
)
def test_only_the_changed_member_is_sent(typed, wire, values, patch):
    answer = typed(**values)
    assert answer.status_code == 200
    assert wire.patches == [patch]
    assert "Saved, and read again" in panel(answer).text


def test_it_costs_a_read_a_write_and_a_read(typed, wire, person):
    opened = person.get(LOG)
    wire.forget()
    typed(opened, feedback="1")
    assert wire.calls == ["GET /prod-edge/logs/one", "PATCH /prod-edge/logs/one", "GET /prod-edge/logs/one"]


def test_nothing_changed_means_nothing_is_sent(typed, wire):
    assert typed().status_code == 200
    assert wire.patches == []


def test_a_new_entry_goes_with_all_the_apps_own_entries(typed, wire, log):
    answer = typed(entries=[*TYPED, ("label", "7", "text")])
    assert answer.status_code == 200
    assert wire.patches == [{"metadata": {**PAIRS, "label": "7"}}]
    kept = log.get("one")["metadata"]
    assert {key: (type(value), value) for key, value in kept.items()} == {
        key: (type(value), value) for key, value in {**PAIRS, "label": "7"}.items()
    }


@pytest.mark.parametrize(
    ("value", "kind", "sent"),
    [
        ("42", "text", "42"),
        ("42", "number", 42),
        ("-1.5", "number", -1.5),
        ("true", "flag", True),
        ("FALSE", "flag", False),
        ("true", "text", "true"),
        (" a b ", "text", " a b "),
        ("=1+1", "text", "=1+1"),
        ("12345678901234567890", "number", 12345678901234567890),
    ],
)
def test_a_value_has_the_type_that_was_chosen(typed, wire, value, kind, sent):
    typed(entries=[("only", value, kind)])
    [patch] = wire.patches
    assert patch == {"metadata": {"only": sent}}
    assert type(patch["metadata"]["only"]) is type(sent)


def test_taking_the_last_entry_away_clears_the_metadata(typed, wire, log):
    answer = typed(entries=[("", "", "text")])
    assert wire.patches == [{"metadata": None}]
    assert "Saved" in panel(answer).text


def test_the_drop_button_takes_one_entry_away(typed, wire, person):
    buttons = panel(person.get(LOG)).all("button", name="drop")
    assert len(buttons) == len(PAIRS)
    typed(drop=buttons[1]["value"])
    assert wire.patches == [{"metadata": {"team": "AI", "test": True, "ratio": 0.25}}]


def test_the_types_survive_a_save_of_something_else(typed, wire, log):
    typed(feedback="1")
    assert "metadata" not in wire.patches[0]
    assert log.get("one")["metadata"] == PAIRS
    assert log.get("one")["metadata"]["test"] is True


@pytest.mark.parametrize("feedback", [0.5, -0.25, 0])
def test_a_verdict_between_the_thumbs_is_kept(person, bare_store, wire, feedback):
    bare_store.add({"id": "one", "feedback": feedback})
    data = form_of(person.get(LOG)) | {"score": ["3"]}
    person.post(URL, data)
    assert wire.patches == [{"score": 3}]


ODD_PAIRS = [
    {" padded ": " x ", "": "empty key"},
    {"two\nlines": "a\nb\r\nc\rd", "tab\t": "\t"},
    {"nul\x00": "a\x00b"},
    {"bidi\u202e": "\u202egnp.exe\u2066"},
    {"<b onload=x>": '"><script>alert(1)</script>', "{{ 7*7 }}": "{% csrf_token %}"},
    {"k": ""},
    {"long" * 50: "x" * 5000},
    {"true": "true", "1": "1", "1.0": 1.0},
    {"⟦LF⟧": "⟦NUL⟧", "x": "\x00"},
    {"line\n": 1, "line⟦LF⟧": 2, "line": 3},
    {"": ""},
    {f"k{number}": number for number in range(8)},
]


@pytest.mark.parametrize("pairs", ODD_PAIRS, ids=range(len(ODD_PAIRS)))
def test_odd_metadata_is_not_changed_by_saving_a_verdict(person, bare_store, wire, pairs):
    bare_store.add({"id": "one", "metadata": pairs})
    answer = person.post(URL, form_of(person.get(LOG)) | {"feedback": ["1"]})
    assert wire.patches == [{"feedback": 1}]
    assert answer.status_code == 200
    assert bare_store.get("one")["metadata"] == pairs


@pytest.mark.parametrize("pairs", ODD_PAIRS[:-1], ids=range(len(ODD_PAIRS) - 1))
def test_odd_metadata_survives_a_change_beside_it(person, bare_store, wire, pairs):
    bare_store.add({"id": "one", "metadata": pairs})
    data = form_of(person.get(LOG))
    data["key"][-1], data["value"][-1] = "label", "mine"
    answer = person.post(URL, data)
    assert answer.status_code == 200, panel(answer).text
    assert bare_store.get("one")["metadata"] == {**pairs, "label": "mine"}


def test_an_odd_key_can_be_dropped(person, bare_store):
    bare_store.add({"id": "one", "metadata": {"two\nlines\u202e": "x", "keep": "y"}})
    opened = person.get(LOG)
    button = panel(opened).all("button", name="drop")[0]
    person.post(URL, form_of(opened) | {"drop": [button["value"]]})
    assert bare_store.get("one")["metadata"] == {"keep": "y"}


def test_metadata_that_a_patch_cannot_carry_is_only_read(person, bare_store, wire):
    bare_store.add({"id": "one", "metadata": {"nested": {"a": [1]}, "none": None, "flat": 1}})
    opened = person.get(LOG)
    assert not panel(opened).all("input", name="key")
    assert "can only be read here" in panel(opened).text
    answer = person.post(URL, form_of(opened) | {"feedback": ["1"]})
    assert answer.status_code == 200
    assert wire.patches == [{"feedback": 1}]


# --- what is refused keeps what was typed


@pytest.mark.parametrize("score", ["-1", "101", "many", "nan", "inf", "1e400", "٣", "100.0001", "0x10", "5 5"])
def test_a_bad_score_is_a_422_and_nothing_is_sent(typed, wire, score):
    answer = typed(score=score, feedback="1")
    assert answer.status_code == 422
    assert wire.patches == []
    shown = panel(answer)
    assert shown.one("input", name="score")["value"] == score
    assert shown.one("input", name="score")["aria-invalid"] == "true"
    assert "from 0 to 100" in shown.one(id="score-error").text
    assert "checked" in shown.one("input", name="feedback", value="1")


@pytest.mark.parametrize("feedback", ["2", "0.5", "up", "None"])
def test_a_bad_verdict_is_a_422(typed, wire, feedback):
    answer = typed(feedback=feedback, score="12")
    assert answer.status_code == 422
    assert wire.patches == []
    assert panel(answer).one("input", name="score")["value"] == "12"


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (("", "orphan", "text"), "The value “orphan” has no key."),
        (("team", "again", "text"), "The key “team” stands twice."),
        (("n", "twelve", "number"), "“twelve” is not one."),
        (("n", "nan", "number"), "“nan” is not one."),
        (("n", "1e999", "number"), "“1e999” is not one."),
        (("n", "9" * 400, "number"), "is not one."),
        (("f", "yes", "flag"), "write true or false"),
        (("e", "", "text"), "has no value"),
        (("k" * 101, "x", "text"), "at most 100 characters"),
        (("k", "x" * 2001, "text"), "at most 100 characters, values 2,000"),
    ],
)
def test_an_entry_that_cannot_be_saved_is_a_422_that_says_why(typed, wire, entry, words):
    answer = typed(entries=[("team", "AI", "text"), entry])
    assert answer.status_code == 422
    assert wire.patches == []
    assert words in panel(answer).text
    assert entry[1] in [each.attributes["value"] for each in panel(answer).all("input", name="value")]


def test_five_entries_are_the_most(typed, wire):
    answer = typed(entries=[(f"k{number}", "x", "text") for number in range(6)])
    assert answer.status_code == 422
    assert wire.patches == []
    assert "at most 5 entries; there are 6" in panel(answer).text
    assert len(panel(answer).all("input", name="key")) == 6
    assert typed(entries=[(f"k{number}", "x", "text") for number in range(5)]).status_code == 200


def test_the_form_says_how_many_entries_are_used(person, log):
    assert "4 of 5 entries used" in panel(person.get(LOG)).text
    assert len(panel(person.get(LOG)).all("input", name="key")) == 5


def test_a_full_log_offers_no_empty_row(person, bare_store):
    bare_store.add({"id": "one", "metadata": {f"k{number}": "x" for number in range(5)}})
    assert len(panel(person.get(LOG)).all("input", name="key")) == 5


@pytest.mark.parametrize("seen", ["", "{", "[]", '{"metadata": 7}', '{"feedback": "x"}', "[" * 5000, "null", "\x00"])
def test_a_form_that_does_not_say_what_it_showed_is_not_guessed_at(typed, wire, seen):
    answer = typed(seen=seen, feedback="1", score="66")
    assert answer.status_code == 422
    assert wire.patches == []
    assert panel(answer).one("input", name="score")["value"] == "66"


def test_a_bare_post_changes_nothing(person, log, wire):
    assert person.post(URL, {}).status_code == 422
    assert wire.patches == []
    assert log.get("one")["metadata"] == PAIRS


# --- somebody else


def test_a_foreign_change_is_kept_and_shown(typed, person, log, wire):
    opened = person.get(LOG)
    log.annotate("one", {"score": 80, "metadata": {**PAIRS, "ticket": "T-1"}})
    answer = typed(opened, feedback="1")
    assert answer.status_code == 200
    assert wire.patches == [{"feedback": 1}]
    note = panel(answer).one(class_="note", role="status").text
    assert "Somebody else changed this meanwhile; it was kept:" in note
    assert "score: 80" in note
    assert "metadata ticket: T-1" in note
    assert log.get("one")["score"] == 80


def test_a_foreign_entry_survives_one_of_mine(typed, person, log):
    opened = person.get(LOG)
    log.annotate("one", {"metadata": {"team": "AI", "theirs": "x"}})
    data = form_of(opened)
    data["key"][-1], data["value"][-1] = "mine", "y"
    person.post(URL, data, headers=HTMX)
    assert log.get("one")["metadata"] == {"team": "AI", "theirs": "x", "mine": "y"}


def test_a_conflict_is_a_409_that_shows_both_and_sends_nothing(typed, person, log, wire):
    opened = person.get(LOG)
    log.annotate("one", {"score": 80})
    answer = typed(opened, score="20", feedback="1")
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == answer["HX-Reselect"] == "#annotation"
    assert answer["HX-Push-Url"] == "false"
    assert wire.patches == []
    assert "score: now 80, yours 20" in panel(answer).one(role="alert").text
    assert panel(answer).one("input", name="score")["value"] == "20"
    assert "checked" in panel(answer).one("input", name="feedback", value="1")


def test_saving_once_more_replaces_theirs(typed, person, log, wire):
    opened = person.get(LOG)
    log.annotate("one", {"score": 80})
    conflict = typed(opened, score="20", feedback="1")
    again = person.post(URL, form_of(conflict), headers=HTMX)
    assert again.status_code == 200
    assert wire.patches == [{"feedback": 1, "score": 20}]
    assert (log.get("one")["score"], log.get("one")["feedback"]) == (20, 1)


def test_saving_once_more_after_a_conflict_overwrites_nothing_that_was_not_shown_as_one(typed, person, log, wire):
    opened = person.get(LOG)
    log.annotate("one", {"score": 80, "feedback": 1, "metadata": {**PAIRS, "team": "Ops", "ticket": "T-1"}})
    conflict = typed(opened, score="20")
    assert "metadata team: Ops" in panel(conflict).one(class_="note", role="status").text
    person.post(URL, form_of(conflict), headers=HTMX)
    assert wire.patches == [{"score": 20}]
    assert log.get("one")["metadata"] == {**PAIRS, "team": "Ops", "ticket": "T-1"}


def test_correcting_a_mistake_overwrites_nothing_that_was_changed_meanwhile(typed, person, log, wire):
    opened = person.get(LOG)
    log.annotate("one", {"feedback": 1, "metadata": {**PAIRS, "team": "Ops"}})
    mistaken = typed(opened, score="200")
    assert mistaken.status_code == 422
    answer = typed(mistaken, score="20")
    assert wire.patches == [{"score": 20}]
    assert "metadata team: Ops" in panel(answer).one(class_="note", role="status").text


def test_saving_once_more_after_a_failure_overwrites_nothing_that_was_changed_meanwhile(typed, person, log, wire):
    opened = person.get(LOG)
    log.annotate("one", {"metadata": {**PAIRS, "team": "Ops"}})
    wire.instead = lambda request: httpx.Response(500) if request.method == "PATCH" else None
    failed = typed(opened, score="20")
    assert failed.status_code == 502
    wire.instead = lambda _request: None
    typed(failed)
    assert wire.patches == [{"score": 20}, {"score": 20}]
    assert log.get("one")["metadata"]["team"] == "Ops"


def test_metadata_that_became_nested_meanwhile_is_not_destroyed(typed, person, log, wire):
    opened = person.get(LOG)
    log.annotate("one", {"metadata": {**PAIRS, "nested": {"a": 1}}})
    data = form_of(opened)
    data["key"][-1], data["value"][-1] = "mine", "y"
    answer = person.post(URL, data, headers=HTMX)
    assert answer.status_code == 422
    assert wire.patches == []
    assert "Nothing was saved" in panel(answer).text


@pytest.mark.parametrize("metadata", ["just text", [1, 2], '["list"]', 7])
def test_metadata_that_is_no_map_is_not_overwritten(person, bare_store, wire, metadata):
    bare_store.add({"id": "one", "metadata": metadata})
    opened = person.get(LOG)
    assert not panel(opened).all("input", name="key")
    person.post(URL, form_of(opened) | {"feedback": ["1"]})
    assert wire.patches == [{"feedback": 1}]


@pytest.mark.parametrize("score", [62.123456789, 99.99999999, 0.1, 1e-7, 150, -3])
def test_a_score_that_nobody_touched_is_not_sent(person, bare_store, wire, score):
    bare_store.add({"id": "one", "score": score})
    assert person.post(URL, form_of(person.get(LOG)) | {"feedback": ["1"]}).status_code == 200
    assert wire.patches == [{"feedback": 1}]


def test_the_same_change_by_two_people_is_no_conflict(typed, person, log, wire):
    opened = person.get(LOG)
    log.annotate("one", {"score": 20})
    assert typed(opened, score="20").status_code == 200
    assert wire.patches == []


def test_a_conflict_in_one_entry_names_it(typed, person, log, wire):
    opened = person.get(LOG)
    log.annotate("one", {"metadata": {**PAIRS, "team": "Ops<b>\u202e"}})
    data = form_of(opened)
    data["value"][0] = "Research"
    answer = person.post(URL, data, headers=HTMX)
    assert answer.status_code == 409
    assert wire.patches == []
    assert "metadata team: now Ops<b>⟦U+202E⟧, yours Research" in panel(answer).one(role="alert").text


# --- the upstream does something else


def test_an_upstream_that_merges_is_told_of_truthfully(typed, person, sandbox, log):
    sandbox.options = replace(sandbox.options, patch_merges=True)
    answer = typed(drop=panel(person.get(LOG)).all("button", name="drop")[1]["value"])
    assert answer.status_code == 200
    warning = panel(answer).one(role="alert").text
    assert "The upstream did not keep all of it:" in warning
    assert "metadata user: shows 12345, told none" in warning
    assert "Saved, and read again" not in panel(answer).text
    assert log.get("one")["metadata"] == PAIRS


def test_an_upstream_that_merges_still_adds(typed, sandbox, log):
    sandbox.options = replace(sandbox.options, patch_merges=True)
    answer = typed(entries=[*TYPED, ("label", "x", "text")])
    assert "Saved, and read again" in panel(answer).text
    assert log.get("one")["metadata"] == {**PAIRS, "label": "x"}


@pytest.mark.parametrize("form", ["empty", "details", "none"])
def test_what_the_patch_answers_does_not_matter(typed, sandbox, log, form):
    sandbox.options = replace(sandbox.options, patch_answer=form)
    assert "Saved, and read again" in panel(typed(score="1")).text
    assert log.get("one")["score"] == 1


def after(wire, failure):
    """The PATCH arrives, and its answer does not."""

    def instead(request):
        if request.method != "PATCH":
            return None
        wire._inner.handle_request(request)
        return failure(request)

    return instead


def lost(request):
    raise httpx.ReadTimeout("no answer", request=request)


FAILURES = {
    "500": lambda _request: httpx.Response(500, json={"success": False, "errors": []}),
    "html": lambda _request: httpx.Response(502, text="<html>Bad gateway</html>"),
    "timeout": lost,
    "not json": lambda _request: httpx.Response(200, text="fine"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_change_that_arrived_counts_whatever_was_answered(typed, wire, log, failure):
    wire.instead = after(wire, FAILURES[failure])
    answer = typed(score="77")
    assert answer.status_code == 200
    assert "Saved, and read again" in panel(answer).text
    assert len(wire.patches) == 1
    assert log.get("one")["score"] == 77


@pytest.mark.parametrize("failure", FAILURES)
def test_a_change_that_did_not_arrive_is_not_saved_and_not_sent_again(typed, wire, log, failure):
    wire.instead = lambda request: FAILURES[failure](request) if request.method == "PATCH" else None
    answer = typed(score="77", feedback="1")
    assert answer.status_code in (502, 504)
    assert (answer["HX-Retarget"], answer["HX-Reselect"]) == ("#annotation", "#annotation")
    assert len(wire.patches) == 1
    assert "Not saved." in panel(answer).one(role="alert").text
    assert panel(answer).one("input", name="score")["value"] == "77"
    assert "checked" in panel(answer).one("input", name="feedback", value="1")
    assert log.get("one")["score"] == 50
    wire.instead = lambda _request: None
    assert person_saves_again(typed, answer)


def person_saves_again(typed, answer):
    return "Saved" in panel(typed(answer)).text


def test_a_token_that_may_only_read_is_named_and_nothing_is_lost(person, log, with_token):
    with_token("read")
    answer = person.post(URL, form_of(person.get(LOG)) | {"score": ["77"]}, headers=HTMX)
    assert answer.status_code == 502
    assert "needs the right “AI Gateway - Edit”" in panel(answer).one(role="alert").text
    assert panel(answer).one("input", name="score")["value"] == "77"


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("arrives", [True, False])
def test_a_change_that_cannot_be_read_again_is_called_unknown(typed, wire, person, headers, arrives):
    opened = person.get(LOG)

    def instead(request):
        if request.method == "PATCH":
            if arrives:
                wire._inner.handle_request(request)
            return httpx.Response(500, text="no")
        return httpx.Response(500, text="no") if wire.patches else None

    wire.instead = instead
    answer = typed(opened, score="77", headers=headers)
    assert answer.status_code == 502
    alert = panel(answer).one(role="alert").text
    assert "It is not known whether this was saved." in alert
    assert "Not saved." not in alert
    assert panel(answer).one("input", name="score")["value"] == "77"


def test_a_log_that_went_meanwhile_is_gone(typed, person, log, wire):
    opened = person.get(LOG)
    log.delete(["one"])
    answer = typed(opened, score="1")
    assert answer.status_code == 404
    assert "This log was deleted" in answer.text
    assert wire.patches == []


# --- as a page, and who may


def test_without_htmx_the_whole_log_comes_back(typed, wire):
    answer = typed(headers={}, score="3")
    assert answer.status_code == 200
    assert "Saved, and read again" in panel(answer).text
    assert len(parse(answer).all(id="conversation")) == 1


def test_the_list_is_kept_on_the_way(person, log):
    query = "?provider=openai&page=2&as_of=2026-11-23T10:00:00Z"
    form = parse(person.get(LOG + query)).one("form", data_annotate=None)
    answer = person.post(form["action"], fields(form) | {"score": ["3"]})
    assert parse(answer).one(class_="crumb").one("a")["href"] == LOGS + query
    assert parse(answer).one("form", data_annotate=None)["action"] == form["action"]


def test_only_post_is_answered(person, wire):
    assert person.get(URL).status_code == 405
    assert wire.sent == []


def test_who_may_not_annotate_any_more_saves_nothing(person, typed, wire):
    opened = person.get(LOG)
    only(READER)
    assert typed(opened, feedback="1").status_code == 403
    assert wire.patches == []
