"""Signed mails of the pretend marketplaces, and their name server, with the product's own reader and resolver."""

import pytest
from sandbox import Sandbox
from sandbox.nameserver import NameServer

from marketplaces import check_signatures
from marketplaces.mail.dkim_check import KeyNotFound, KeyTimeout
from marketplaces.mail.resolver import KEPT, SECONDS, Resolver

NAME = "s1._domainkey.amazon.de"


@pytest.fixture
def server():
    with NameServer({NAME: b"v=DKIM1; p=" + b"A" * 400}) as server:
        yield server


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


class TestResolver:
    def test_a_key_is_asked_for_once_and_then_remembered(self, server):
        clock = Clock()
        resolver = Resolver(server.address, clock)
        with pytest.raises(KeyTimeout):
            resolver.recall(NAME)
        assert resolver.find(NAME) == resolver.find(NAME) == resolver.recall(NAME) == server.records[NAME]
        assert server.asked == [NAME]
        clock.now += KEPT[1] + 1
        resolver.find(NAME)
        assert len(server.asked) == 2

    def test_that_there_is_no_key_is_remembered_too(self, server):
        resolver = Resolver(server.address)
        for ask in (resolver.find, resolver.find, resolver.recall):
            with pytest.raises(KeyNotFound):
                ask("s2._domainkey.amazon.de")
        assert len(server.asked) == 1

    def test_silence_is_no_answer_and_is_asked_again_after_a_while(self, server):
        clock = Clock()
        resolver = Resolver(server.address, clock)
        server.is_silent = True
        for _turn in range(2):
            with pytest.raises(KeyTimeout):
                resolver.find(NAME)
        server.is_silent = False
        clock.now += SECONDS * 10
        assert resolver.find(NAME) == server.records[NAME]

    @pytest.mark.parametrize("name", ["a..b", "x" * 300, "\xe4._domainkey.amazon.de", ""])
    def test_an_impossible_name_has_no_key(self, server, name):
        with pytest.raises((KeyTimeout, KeyNotFound)):
            Resolver(server.address).find(name)


class TestSigning:
    def test_a_marketplaces_mail_is_signed_and_a_forgery_is_not(self):
        mails = []
        with Sandbox(deliver=mails.append, signs=True) as sandbox:
            sandbox.write("Where is my parcel?", order_ref="302-5669388-0000002")
            sandbox.write("Pay me", order_ref="302-5669388-0000002", forgery="forged")
            assert sandbox.wait()
            found = [check_signatures(raw, Resolver(sandbox.nameserver.address).find).signatures for raw in mails]
        assert sorted([one.result for one in signatures] for signatures in found) == [[], ["pass"]]
