"""IMAP servers as they are: each says the same in its own way."""

from datetime import date, datetime, timedelta, timezone

import pytest

from marketplaces.errors import Refused
from marketplaces.mailbox.connection import Broken, Silent
from marketplaces.mailbox.imap import CHUNK, MAX_SEARCHED, ImapBox
from marketplaces.mailbox.imap_answers import quoted, shown
from marketplaces.tests.mail_script import imap

pytest_plugins = ["marketplaces.tests.network"]
HEAD = b"From: a@b.example\r\nMessage-ID: <1@b.example>\r\n\r\n"


def fetched(uid, before=b"", after=b"", literal=HEAD, section=b"BODY[HEADER]<0>"):
    """Return an answer to FETCH for one mail."""
    size = str(len(literal)).encode()
    return b"* 1 FETCH (UID " + uid + before + b" " + section + b" {" + size + b"}\r\n" + literal + after + b")\r\n"


# === FOLDERS ===


def test_one_command_tells_all_folders_and_their_numbers():
    told = (
        b'* LIST (\\HasNoChildren) "/" INBOX\r\n* LIST (\\HasNoChildren \\Sent) "/" "Sent Items"\r\n'
        b'* LIST (\\NoSelect) "/" Parent\r\n* LIST () "/" "Say \\"hi\\""\r\n* LIST () NIL {4}\r\nO{ps\r\n'
        b"* STATUS INBOX (UIDVALIDITY 4294967295 UIDNEXT 8)\r\n* STATUS {4}\r\nO{ps (UIDNEXT 3 UIDVALIDITY 2)\r\n"
        b'* STATUS "Say \\"hi\\"" (UIDVALIDITY 5 UIDNEXT 1)\r\nTAG OK\r\n'
    )
    answers = (("CAPABILITY", b"* CAPABILITY IMAP4rev1 LIST-STATUS\r\nTAG OK\r\n"), ("LIST", told))
    with imap(*answers) as (connection, script):
        folders = ImapBox(connection).list_folders()
    assert [(one.name, one.uidvalidity, one.uidnext) for one in folders] == [
        ("INBOX", 4294967295, 8),
        ('Say "hi"', 5, 1),
        ("O{ps", 2, 3),
    ]
    assert "RETURN" in script.asked[-1]


def test_an_older_server_is_asked_for_each_folder():
    answers = (
        ("LIST", b'* LIST () "." Archive\r\n* LIST () "." inbox\r\nTAG OK\r\n'),
        ("STATUS", b"* STATUS Archive (UIDNEXT 3 UIDVALIDITY 2)\r\nTAG OK\r\n"),
    )
    with imap(*answers) as (connection, script):
        box = ImapBox(connection)
        assert [(one.name, one.uidnext) for one in box.list_folders()] == [("inbox", None), ("Archive", None)]
        assert box.look("Archive").uidnext == 3
    assert not any("RETURN" in line for line in script.asked)


def test_a_folder_is_opened_for_reading_only_and_its_numbers_are_asked_for_when_they_are_missing():
    answers = (
        ("EXAMINE", b"* 3 EXISTS\r\n* OK [UIDVALIDITY 9] valid\r\nTAG OK [READ-ONLY] done\r\n"),
        ("STATUS", b'* STATUS "A b" (UIDNEXT 7 UIDVALIDITY 9)\r\nTAG OK\r\n'),
    )
    with imap(*answers) as (connection, script):
        folder = ImapBox(connection).open("A b")
    assert (folder.uidvalidity, folder.uidnext) == (9, 7)
    assert [line.split(" ", 1)[1] for line in script.asked[-2:]] == [
        'EXAMINE "A b"',
        'STATUS "A b" (UIDVALIDITY UIDNEXT)',
    ]


def test_a_folder_that_is_gone_is_refused_in_words():
    with imap(("EXAMINE", b"TAG NO [NONEXISTENT] Mailbox does not exist\r\n")) as (connection, _script):
        with pytest.raises(Refused, match="does not exist"):
            ImapBox(connection).open("Old")


@pytest.mark.parametrize(
    "name, words", [("Entw&APw-rfe", "Entwürfe"), ("&ZeVnLIqe-", "日本語"), ("R&-D", "R&D"), ("Plain", "Plain")]
)
def test_names_are_shown_as_people_wrote_them(name, words):
    assert shown(name) == words


def test_names_are_quoted():
    assert quoted('a "b" \\c') == '"a \\"b\\" \\\\c"'


# === MAILS ===


def test_the_last_mail_is_not_new_only_because_a_star_means_it():
    with imap(("SEARCH", b"* SEARCH 7\r\nTAG OK\r\n")) as (connection, _script):
        assert ImapBox(connection).search(8) == []


def test_a_search_may_ask_for_a_day_and_for_what_is_unread():
    with imap(("SEARCH", b"* SEARCH 3 2\r\n* SEARCH 5\r\nTAG OK\r\n")) as (connection, script):
        box = ImapBox(connection)
        assert box.search(1, 9, since=date(2026, 3, 4)) == [2, 3, 5]
        box.search(1, since=date(2026, 3, 4), unseen=True)
    assert script.asked[-2].endswith("UID SEARCH UID 1:9 SINCE 4-Mar-2026")
    assert script.asked[-1].endswith("UID SEARCH UID 1:* OR SINCE 4-Mar-2026 UNSEEN")


def test_a_huge_folder_is_searched_in_pieces():
    exists = str(MAX_SEARCHED * 2 + 1).encode()
    opened = b"* " + exists + b" EXISTS\r\n* OK [UIDVALIDITY 1]\r\n* OK [UIDNEXT 9]\r\nTAG OK\r\n"
    with imap(("EXAMINE", opened), ("SEARCH", b"* SEARCH 4\r\nTAG OK\r\n")) as (connection, script):
        box = ImapBox(connection)
        box.open("INBOX")
        assert box.search(1) == [4]
    assert len([line for line in script.asked if "SEARCH" in line]) == 3


def test_headers_come_with_size_date_and_whether_they_were_opened():
    before = b' FLAGS (\\Seen) INTERNALDATE " 4-Mar-2026 10:20:30 -0330" RFC822.SIZE 1234'
    with imap(("FETCH", fetched(b"7", before) + b"TAG OK\r\n")) as (connection, script):
        [head] = ImapBox(connection).heads([7])
    assert (head.uid, head.size, head.seen) == (7, 1234, True)
    assert head.date == datetime(2026, 3, 4, 10, 20, 30, tzinfo=timezone(-timedelta(hours=3, minutes=30)))
    assert head.mail.message_id == "<1@b.example>"
    assert "BODY.PEEK[HEADER]" in script.asked[-1]


def test_what_a_server_says_behind_a_header_counts_as_well():
    after = b' RFC822.SIZE 99 FLAGS () INTERNALDATE "14-Oct-2026 00:00:00 +0000"'
    with imap(("FETCH", fetched(b"7", after=after) + b"TAG OK\r\n")) as (connection, _script):
        [head] = ImapBox(connection).heads([7])
    assert (head.size, head.seen, head.date.month) == (99, False, 10)


def test_flags_that_others_change_meanwhile_and_mails_nobody_asked_for_are_passed_over():
    noise = b"* 4 FETCH (FLAGS (\\Seen) UID 9)\r\n* 5 FETCH (FLAGS (\\Deleted))\r\n* 6 EXPUNGE\r\n"
    answer = noise + fetched(b"7") + noise + fetched(b"8") + b"TAG OK\r\n"
    with imap(("FETCH", answer)) as (connection, _script):
        assert [head.uid for head in ImapBox(connection).heads([7, 9])] == [7]


def test_an_empty_mail_is_a_mail():
    with imap(("FETCH", b'* 1 FETCH (UID 7 BODY[] "")\r\nTAG OK\r\n')) as (connection, _script):
        assert ImapBox(connection).bodies([7]) == {7: b""}


def test_a_mail_that_somebody_moves_while_it_is_read_is_gone_and_not_empty():
    moved = b"* 1 FETCH (UID 7 BODY[] NIL)\r\n* 1 EXPUNGE\r\nTAG OK\r\n"
    with imap(("FETCH", moved)) as (connection, _script):
        assert ImapBox(connection).bodies([7]) == {}
        assert ImapBox(connection).heads([7]) == []
    first = fetched(b"7", literal=b"x" * CHUNK, section=b"BODY[]<0>") + b"TAG OK\r\n"
    with imap((r"<0\.", first), (rf"<{CHUNK}\.", moved)) as (connection, _script):
        assert ImapBox(connection).body(7, size=CHUNK * 2) is None


def test_a_large_mail_is_read_in_pieces_to_where_it_really_ends():
    first, second = b"x" * CHUNK, b"y" * 10
    answers = (
        (rf"<0\.{CHUNK}>", fetched(b"7", literal=first, section=b"BODY[]<0>") + b"TAG OK\r\n"),
        (rf"<{CHUNK}\.{CHUNK}>", fetched(b"7", literal=second, section=b"BODY[]<9>") + b"TAG OK\r\n"),
    )
    with imap(*answers) as (connection, _script):
        assert ImapBox(connection).body(7, size=CHUNK * 40) == first + second


def test_a_mail_that_is_gone_is_none():
    with imap(("FETCH", b"TAG OK nothing\r\n")) as (connection, _script):
        box = ImapBox(connection)
        assert box.body(7, size=10) is None
        assert box.body(7, size=CHUNK * 2) is None
        assert box.heads([7]) == []


# === TROUBLE ===


@pytest.mark.parametrize("answer", [b"TAG NO [SERVERBUG] Internal error\r\n", b"TAG BAD what?\r\n"])
def test_a_refused_command_leaves_the_connection_usable(answer):
    with imap(("FETCH", answer), ("SEARCH", b"* SEARCH 1\r\nTAG OK\r\n")) as (connection, _script):
        box = ImapBox(connection)
        with pytest.raises(Refused):
            box.heads([7])
        assert box.search(1) == [1]


@pytest.mark.parametrize("answer", [b"", b"* BYE shutting down\r\n", b"* 1 FETCH (UID 7 BODY[] {100}\r\nhalf"])
def test_a_connection_that_ends_in_the_middle_is_broken(answer):
    # The half-sent one ends when the test's server is told to hang up by the next command.
    with imap(("FETCH", answer if not answer.endswith(b"half") else None)) as (connection, _script):
        with pytest.raises(Broken):
            ImapBox(connection, seconds=0.3).heads([7])


def test_a_server_that_says_nothing_is_silent():
    with imap(("FETCH", None)) as (connection, _script):
        with pytest.raises(Silent):
            ImapBox(connection, seconds=0.3).heads([7])


def test_leaving_a_dead_server_raises_nothing():
    with imap(("LOGOUT", b"")) as (connection, _script):
        box = ImapBox(connection)
        box.close()
        box.abandon()
