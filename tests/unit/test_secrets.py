"""What is found in a text: nearly every secret of the corpus, and nothing in what only looks like one."""

import re
import secrets
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.api import tokens
from gateway_dash.payload.secrets import PERSONAL, find, find_credentials
from tests.corpus.secrets.measure import measure, table

DOCUMENT = Path(__file__).parents[2] / "docs" / "security.md"
FIGURES = measure()


@pytest.mark.parametrize("kind", sorted(FIGURES.planted))
def test_of_each_kind_nine_in_ten_are_found_whole_and_called_by_their_name(kind):
    assert FIGURES.planted[kind] >= 8
    assert FIGURES.recall(kind) >= 0.9, [each for each in FIGURES.missed if each.startswith(kind)]
    assert FIGURES.precision(kind) >= 0.95, FIGURES.invented


def test_of_all_kinds_together_ninety_nine_in_a_hundred_are_found():
    assert FIGURES.covered.total() / FIGURES.planted.total() >= 0.99, FIGURES.missed


def test_of_harmless_texts_hardly_any_is_disturbed():
    assert FIGURES.harmless.total() > 300
    assert FIGURES.disturbed.total() <= 2, FIGURES.invented


def test_the_figures_in_the_document_are_the_measured_ones():
    assert table(FIGURES) in DOCUMENT.read_text(encoding="utf-8"), "./run bench secrets prints the table"


@given(
    st.text(alphabet=st.sampled_from("sk-eyJ.:=@+0149 \n\"'\\/{}[]pasword_token"), max_size=300) | st.text(max_size=200)
)
def test_any_text_is_read_and_what_is_found_is_in_order_and_apart(text):
    found = find(text)
    ends = [0]
    for each in found:
        assert ends[-1] <= each.start < each.end <= len(text)
        assert each.kind
        assert each.label
        ends.append(each.end)
    assert all(each.kind not in PERSONAL for each in find_credentials(text))


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("-----BEGIN " + "PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASC", None),  # cut: all of it
        ("-----BEGIN " + "PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0B\\n-----END PRIVATE KEY-----", None),
        ("redis://:" + "p4ssw0rdOfOurs" + "@cache:6379", "p4ssw0rdOfOurs"),
        ("Authorization: Basic " + "a2ltOmh1bnRlcjI=", "a2ltOmh1bnRlcjI="),
        (
            "aws_secret_access_key = " + "wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + "Zq8vT2mW9x",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYZq8vT2mW9x",
        ),
    ],
)
def test_what_is_masked_is_the_secret_and_not_the_words_around_it(text, secret):
    [found] = find(text)
    assert text[found.start : found.end] == (secret or text)


def test_every_token_of_our_own_api_is_found_whole_and_nothing_that_is_longer_or_shorter():
    for _ in range(2000):
        token = tokens.BEGIN + "".join(secrets.choice(tokens.LETTERS) for _ in range(tokens.LENGTH))
        [found] = find(f'curl -H "X-Key: {token}" /api/')
        assert found.kind == "gateway-dash-token"
        assert f'curl -H "X-Key: {token}" /api/'[found.start : found.end] == token
    for other in (token[:-1], token + "x", "a" + token):
        assert not [each for each in find(other) if each.kind == "gateway-dash-token"]


def test_a_word_in_no_alphabet_of_ours_does_not_shift_what_is_found():
    text = "İİİ PASSWORD=hunter2-x!"  # its lower case is longer than itself
    [found] = find(text)
    assert text[found.start : found.end] == "hunter2-x!"


def test_no_file_of_the_corpus_holds_a_whole_secret():
    for path in (Path(__file__).parents[1] / "corpus" / "secrets").glob("positives.py"):
        text = re.sub(r"Q~|%3D", "", path.read_text(encoding="utf-8"))
        assert [text[each.start : each.end] for each in find_credentials(text)] == []
