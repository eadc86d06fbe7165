"""What any marketplace's token service may answer; a test module that has a ``renew`` fixture derives its tests."""

import pytest

from marketplaces.errors import Unavailable, Unreadable
from marketplaces.tests.http_server import drips, hangs, says


class TokenAnswers:
    """``renew(answer, seconds=…)`` asks for a token from a server that gives this answer."""

    @pytest.mark.parametrize(
        "body", [{}, [], {"access_token": None}, {"access_token": "two words"}, {"access_token": "a\r\nb"}]
    )
    def test_an_answer_without_a_usable_token_is_unreadable(self, renew, body):
        with pytest.raises(Unreadable):
            renew(says(200, body))

    @pytest.mark.parametrize("answer", [hangs(1), drips(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 99, 0.05)])
    def test_a_slow_answer_ends_at_the_deadline(self, renew, answer):
        with pytest.raises(Unavailable, match="within 0.3 seconds"):
            renew(answer, seconds=0.3)

    def test_a_redirect_never_takes_the_secret_elsewhere(self, server, renew):
        with pytest.raises(Unavailable):
            renew(says(307, b"", Location=f"{server.url}/elsewhere"))
        assert len(server.asked) == 1
