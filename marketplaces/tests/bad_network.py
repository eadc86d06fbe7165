"""How a network may fail under any marketplace's calls; a test module that says how it asks derives its tests."""

import pytest

from marketplaces.errors import Unavailable
from marketplaces.tests.http_server import drips, hangs, says, sends

_JSON = b"Content-Type: application/json\r\n"


class BadNetwork:
    """``ask(url, seconds)`` makes a call whose answer is read; ``TOKEN`` is what no message may hold."""

    def fails(self, server, *answers, seconds=0.3, words=""):
        """Check that a call ends as unavailable, in these words, with nothing secret in them."""
        server.will(*answers)
        with pytest.raises(Unavailable, match=words) as caught:
            self.ask(server.url, seconds)
        assert self.TOKEN not in str(caught.value)
        assert not caught.value.unsent

    def test_silence_ends_at_the_deadline(self, server):
        self.fails(server, hangs(1.2), words="did not answer within 0.3 seconds")

    @pytest.mark.parametrize(
        "data",
        [
            b"HTTP/1.1 200 OK\r\n" + _JSON + b"Content-Length: 999\r\n\r\n" + b" " * 999,
            b"HTTP/1.1 200 OK\r\n" + _JSON + b"\r\n" + b" " * 999,
            b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + _JSON + b"\r\n" + b" " * 999,
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + _JSON + b"\r\n3E7\r\n" + b" " * 999,
        ],
    )
    @pytest.mark.parametrize("skip", [0, 100])
    def test_a_drip_ends_at_the_deadline(self, server, data, skip):
        said = []

        def answer(handler):
            sends(data[:skip])(handler)
            drips(data[skip:], 0.05)(handler)
            said.append(data)

        self.fails(server, answer, words="did not answer within 0.3 seconds")
        assert not said  # not after all of it, which takes most of a minute

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_redirects_are_not_followed(self, server, status):
        self.fails(server, says(status, b"", Location=f"{server.url}/elsewhere"), words="elsewhere")
        assert len(server.asked) == 1

    def test_a_huge_answer_is_given_up(self, server, monkeypatch):
        monkeypatch.setattr("marketplaces.transport.answer.MAX_BYTES", 1024**2)
        self.fails(server, says(200, b" " * (1024**2 + 1)), seconds=5, words="more than 1 MB")

    def test_a_packed_answer_is_not_unpacked(self, server):
        self.fails(server, says(200, b"x", Content_Encoding="gzip"), seconds=5, words="packed")
