"""The compiled templates: what they place is escaped, and what they were not given is an error."""

import pytest
from django.template import engines
from jinja2 import UndefinedError


def made(text: str, **given: object) -> str:
    return engines["compiled"].from_string(text).render(given)


def test_what_they_place_is_escaped_in_text_and_in_attributes():
    hostile = "\"><img src=x onerror='alert(1)'>&"
    assert (
        made('<a title="{{ it }}">{{ it }}</a>', it=hostile).count("&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;")
        == 2
    )
    assert "<img" not in made('<a title="{{ it }}">{{ it }}</a>', it=hostile)


def test_what_macros_give_is_escaped_once():
    assert made("{% macro m(it) %}<i>{{ it }}</i>{% endmacro %}{{ m(it) }}", it="<&>") == "<i>&lt;&amp;&gt;</i>"


def test_a_name_that_is_not_given_is_an_error():
    with pytest.raises(UndefinedError, match="nothing"):
        made("{{ nothing }}")
    with pytest.raises(UndefinedError, match="nothing"):
        made("{% if it.nothing %}{% endif %}", it=object())
