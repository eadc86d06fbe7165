"""POP servers, good and bad ones."""

import pytest

from marketplaces.errors import Refused
from marketplaces.mailbox.connection import Broken, Silent
from marketplaces.mailbox.pop import PopBox
from marketplaces.tests.mail_script import pop

pytest_plugins = ["marketplaces.tests.network"]
LISTS = (("UIDL", b"+OK\r\n1 aaa\r\n2 bbb\r\n.\r\n"), ("LIST", b"+OK\r\n1 120\r\n2 340\r\n.\r\n"))
MAIL = (
    b"Received: from x by y; Wed, 4 Mar 2026 10:00:00 +0000\r\nMessage-ID: <1@x>\r\n"
    b"Date: Mon, 1 Jan 2024 10:00:00 +0000\r\n"
)


def test_mails_are_known_by_their_uidl():
    with pop(*LISTS, ("RETR 2", b"+OK\r\nA: b\r\n\r\n..dot\r\n.\r\n")) as (connection, script):
        box = PopBox(connection)
        assert box.list_uids() == ["aaa", "bbb"]
        assert box.body("bbb") == b"A: b\r\n\r\n.dot\r\n"
        box.delete("bbb")
        box.close()
    assert script.asked[-2:] == ["DELE 2", "QUIT"]


def test_the_date_is_when_the_mail_arrived_not_what_it_says():
    with pop(*LISTS, ("TOP 1 0", b"+OK\r\n" + MAIL + b"\r\n.\r\n")) as (connection, _script):
        box = PopBox(connection)
        box.list_uids()
        head = box.head("aaa")
    assert (head.uid, head.size, head.date.year) == ("aaa", 120, 2026)


def test_a_server_without_top_is_asked_for_the_whole_mail():
    answers = (("TOP", b"-ERR unknown\r\n"), ("RETR", b"+OK\r\n" + MAIL + b"\r\nbody\r\n.\r\n"))
    with pop(*LISTS, *answers) as (connection, script):
        box = PopBox(connection)
        box.list_uids()
        assert [head.mail.message_id for head in box.heads(["aaa", "bbb"])] == ["<1@x>", "<1@x>"]
    assert sum("TOP" in line for line in script.asked) == 1


def test_a_server_without_uidl_is_refused():
    with pop(("UIDL", b"-ERR unknown\r\n")) as (connection, _script):
        with pytest.raises(Refused):
            PopBox(connection).list_uids()


def test_a_line_beyond_all_measure_ends_the_connection():
    with pop(*LISTS, ("TOP", b"+OK\r\n" + b"x" * 70_000 + b"\r\n.\r\n")) as (connection, _script):
        box = PopBox(connection)
        box.list_uids()
        with pytest.raises(Broken):
            box.head("aaa")


@pytest.mark.parametrize("answer, error", [(b"", Broken), (None, Silent)])
def test_a_dead_server_is_told_from_a_silent_one(answer, error):
    with pop(*LISTS, ("TOP", answer)) as (connection, _script):
        box = PopBox(connection, seconds=0.3)
        box.list_uids()
        with pytest.raises(error):
            box.head("aaa")
        box.abandon()
