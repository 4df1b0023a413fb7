"""What each page and each action costs upstream: not one call more, however many rows a list has."""

import pytest
from django.test import Client

from gateway_dash import upstream
from tests.conftest import LOGS
from tests.people import somebody
from tests.views.crawl import ANSWER, EXAMPLES, ask, data
from tests.views.reading import HTMX, parse

pytestmark = pytest.mark.django_db

# By the name in urls.py: the calls of its example as a page, and as a fragment.
COST: dict[str, tuple[int, int]] = {
    "home": (1, 1),
    "gateway-list": (7, 7),  # the gateways, and for each its count and that of 24 hours
    "all-log-list": (3, 3),  # one each, and one for a gateway whose list is empty
    "gateway-open": (0, 0),
    "view-list": (0, 0),
    "view-save": (0, 0),
    "view-default": (0, 0),
    "view-rename": (0, 0),
    "view-delete": (0, 0),
    "search-forget": (0, 0),
    "log-list": (1, 1),
    "log-list-json": (1, 1),
    "log-list-csv": (1, 1),
    "log-list-jsonl": (1, 1),
    "log-compare": (2, 2),
    "log-select": (0, 0),
    "log-around": (3, 3),
    "count-histogram": (0, 6),  # without htmx it leads to the list; with it, a step
    "count-facet": (0, 1),
    "count-ranges": (0, 1),
    "count-newer": (0, 1),
    "delete-preview": (1, 1),
    "job-list": (0, 0),
    "job": (1, 1),  # the sample of a plan; nothing once it runs
    "job-confirm": (0, 0),  # one for a plan of a filter, which is counted again
    "job-approve": (0, 0),
    "job-go-on": (0, 0),
    "job-stop": (0, 0),
    "job-archive": (0, 0),
    "job-archive-file": (0, 0),
    "job-archived": (0, 0),
    "job-receipt": (0, 0),
    "log-keep": (0, 0),
    **dict.fromkeys(("log-comments", "comment-add", "comment-change", "comment-remove", "log-here"), (0, 0)),
    **dict.fromkeys(("people-complete", "mention-list", "mention-seen", "mention-open"), (0, 0)),
    "review-list": (0, 0),
    "review-start": (0, 0),  # for ticked logs; one for each page of all that match
    "review": (0, 0),
    "review-summary": (0, 0),
    "review-csv": (0, 0),
    "review-log": (1, 1),
    "review-save": (3, 3),  # read, change, read again
    "review-claim": (0, 0),
    "export-plan": (1, 1),  # the count
    "annotate-many": (0, 0),
    "annotate-plan": (1, 1),
    "annotate-start": (0, 0),  # but up to ten logs are done while the page loads, three calls each
    "annotate-undo": (1, 1),  # its plan
    "job-file": (0, 0),
    "log-detail": (1, 1),
    "log-conversation": (1, 1),  # and one for each body that the log holds only in part
    "log-markdown": (1, 1),
    "log-raw": (1, 1),
    "log-media": (1, 1),
    "log-repro": (1, 1),
    "log-peek": (0, 1),
    "log-place": (2, 1),
    "log-tree": (1, 1),  # the log, and each body that it holds only in part, which stays in memory
    "log-attempts": (2, 2),
    "log-twins": (4, 4),  # the log, two lists, and the one candidate, which holds both of its bodies
    "log-annotate": (3, 3),  # read, change, read again
    "log-download": (1, 1),
    "log-reveal": (1, 1),
    "log-body": (2, 1),
    "log-complete": (0, 0),
    "watch-list": (1, 1),  # the count that was asked for
    **dict.fromkeys(("watch-add", "watch-edit", "watch-save", "watch-switch", "watch-remove", "watch-try"), (0, 0)),
    "retention-list": (1, 1),  # the count that was asked for
    "retention-add": (0, 0),
    "retention-edit": (0, 0),
    "retention-save": (0, 0),
    "retention-switch": (0, 0),
    "retention-remove": (0, 0),
    "deletion-gates": (1, 1),
    "deletion-stop": (0, 0),
    "deletion-allow": (0, 0),
    "palette": (1, 1),
    "palette-json": (1, 1),
    "find": (2, 2),
    "preferences": (0, 0),
    "zone-choice": (0, 0),
    "login": (0, 0),
    "demo-sign-in": (0, 0),
    "log-bundle": (3, 3),  # the log and both bodies
    **dict.fromkeys(("view-team", "view-team-default"), (0, 0)),
    "view-since": (0, 0),  # one for a view that was looked at before
    **dict.fromkeys(("link-list", "link-new", "link-revoke"), (0, 0)),
    **dict.fromkeys(("link-preview", "share-link"), (2, 2)),  # whether it is there, and the log
    "go": (2, 2),
    **dict.fromkeys(("person-list", "person", "password-link"), (1, 1)),  # the names of the gateways, to choose from
    **dict.fromkeys(("person-add", "role-give", "role-take", "person-switch"), (0, 0)),
    **dict.fromkeys(("role-list", "role-add", "role-save", "role-remove", "password-choose"), (0, 0)),
    **dict.fromkeys(("audit-list", "audit-export"), (0, 0)),
    **dict.fromkeys(("login-code", "oidc-login", "oidc-callback", "logout"), (0, 0)),
    **dict.fromkeys(("account", "account-confirm", "account-password", "session-end", "session-end-others"), (0, 0)),
    **dict.fromkeys(("second-factor", "second-factor-qr", "second-factor-codes", "second-factor-remove"), (0, 0)),
    **dict.fromkeys(("token-list", "token-make"), (1, 1)),  # the names of the gateways, to choose from
    **dict.fromkeys(("token-revoke", "person-tokens-revoke", "api-reference", "api-description"), (0, 0)),
    **dict.fromkeys(("api-me", "api-view-list"), (0, 0)),
    **dict.fromkeys(("api-gateway-list", "api-gateway", "api-log-list", "api-count", "api-log", "api-body"), (1, 1)),
    "healthz": (0, 0),
    "readyz": (0, 0),
    "metrics": (0, 0),
}


@pytest.fixture
def one(bare_store):
    bare_store.add({"id": "one", "request_body": b"question of kim@example.org", "response_body": ANSWER})
    bare_store.add({"id": "two", "request_body": b"question", "response_body": b"answer"})


def test_every_address_has_its_cost():
    assert set(COST) == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("as_fragment", [False, True], ids=["page", "htmx"])
def test_an_address_costs_what_is_said(person, wire, one, no_pauses, name, as_fragment):
    sent = data(person, name)
    wire.forget()
    answer = ask(person, name, sent, headers=HTMX if as_fragment else {})
    assert answer.status_code < 400
    assert len(wire.sent) == COST[name][as_fragment], wire.calls


@pytest.mark.parametrize("per_page", [20, 50])
@pytest.mark.parametrize(
    ("shown", "calls"),
    [
        ("", 1),
        ("&columns=time,model,path,latency,metadata.user,user_agent,id", 1),
        ("&off=provider:openai&off=-cached:true", 1),
        ("&open=facets", 1),
        ("&open=ranges", 2),
        ("&since=24h", 1),
        ("&peek=nothing-here", 2),
        ("&provider=openai&metadata.tenant=acme", 1),
    ],
)
def test_how_a_list_looks_costs_nothing_and_no_row_costs_a_call(person, wire, per_page, shown, calls):
    person.get(LOGS + f"?per_page={per_page}{shown}")
    assert len(wire.sent) == calls


SAVED = {  # by the name in urls.py: what is left of the cost where somebody else has just read the same
    "log-list": 0,
    "all-log-list": 0,
    "log-detail": 0,
    "log-conversation": 0,
    "log-markdown": 0,
    "log-raw": 0,
    "log-repro": 0,
    "log-tree": 0,
    "log-attempts": 1,
    "log-around": 2,
    "log-twins": 3,
    "log-peek": 0,
    "log-place": 1,
    "log-body": 1,
}
CHANGES = ("delete-preview", "review-log", "log-download")
ASKS = ("log-list-json", "log-list-csv", "log-list-jsonl", "log-compare", "api-log-list", "api-log", "api-count")


@pytest.mark.parametrize("name", [*SAVED, *CHANGES, *ASKS])
def test_what_somebody_has_just_read_is_read_again_only_where_it_has_to_be(
    person, wire, one, no_pauses, answers_are_kept, clock, name
):
    """`SAVED` is what is shared; the rest costs the same a second time."""
    counts = []
    for _ in range(2):
        sent = data(person, name)
        wire.forget()
        upstream.account().shelf.clear()
        assert ask(person, name, sent, headers=HTMX if name == "log-peek" else {}).status_code < 400
        counts.append(len(wire.sent))
    assert counts[1] == SAVED.get(name, counts[0]), wire.calls


def test_what_is_open_beside_a_list_never_comes_before_it(person, wire):
    person.get(LOGS + "?open=histogram&open=ranges&count=provider", headers=HTMX)
    assert wire.calls == ["GET /prod-edge/logs"]


def test_a_view_with_everything_open_stays_under_its_bound(person, wire):
    person.get(LOGS + "?open=histogram&open=ranges&count=provider")
    assert len(wire.sent) <= 1 + 35


def test_an_address_that_cannot_be_read_costs_nothing(person, wire):
    for query in ("?provdr=x", "?off=x", "?open=x", "?count=x", "?peek=a/b", "?set_only=x", "?set_column=x", "?page=0"):
        assert person.get(LOGS + query).status_code == 400
    assert wire.sent == []


def test_the_bottom_line_says_what_all_together_sent(person, wire):
    person.get(LOGS)
    menu = parse(person.get(LOGS)).one(id="calls-menu")
    assert "in five minutes, by all together: 2 of 1,000" in menu.text


def test_one_person_who_takes_too_much_is_stopped_before_the_others(person, wire):
    upstream.account().client.budget.ledger.share = 8
    answers = [person.get(LOGS) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [503] * 2
    assert "You sent as many calls in the last five minutes as there are for one person" in parse(answers[-1]).text
    assert int(answers[-1]["Retry-After"]) <= 30
    assert len(wire.sent) == 4
    other = Client()
    other.force_login(somebody("lee"))
    assert other.get(LOGS).status_code == 200
