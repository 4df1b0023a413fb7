"""/gateways/<gateway>/logs/"""

import pytest

from tests.conftest import LOGS

pytestmark = pytest.mark.django_db


def test_a_filter_we_cannot_read_selects_nothing(person):
    answer = person.get(LOGS + "?providr=openai")
    assert answer.status_code == 400
    assert "Did you mean “provider”?" in answer.text
    assert "data-log-id" not in answer.text
