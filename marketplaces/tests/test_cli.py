"""The command line: one JSON object a line, exit codes, and nothing but results on stdout."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import marketplaces
from marketplaces import __main__ as command_line
from marketplaces.__main__ import main

FIXTURES = Path(__file__).parent / "fixtures" / "amazon"
MAIL = str(FIXTURES / "buyer_presale_nl.eml")
ORDER = str(FIXTURES / "order_shipped_de.json")
MAIL_KEYS = (
    "file app site kind notice urgent order_ref buyer_name text thread_refs dedup_ref attachments authentication "
    "reasons"
)
ORDER_KEYS = (
    "file order_ref other_refs site status raw_status fulfilled_by currency total tax shipping discount lines packages "
    "recipient buyer_name relay created ship_by deliver_by"
)


@pytest.fixture
def run(capfdbinary):
    """Run the command line; return the exit code and the objects on stdout."""

    def run_(*arguments):
        code = main([str(argument) for argument in arguments])
        return code, [json.loads(line) for line in capfdbinary.readouterr().out.decode().splitlines()]

    return run_


def test_mail_has_all_keys_in_order(run):
    code, (mail,) = run("mail", MAIL)
    assert code == 0
    assert list(mail)[: len(MAIL_KEYS.split())] == MAIL_KEYS.split()
    assert (mail["file"], mail["site"], mail["order_ref"], mail["authentication"]) == (MAIL, "NL", None, "none")
    assert mail["thread_refs"][0] == {"type": "token", "value": "A0TOKENNL00000000003"}
    assert mail["date"] == "2026-10-05T08:15:00Z"


def test_authentication_is_judged_with_the_servers_name(run):
    _code, (mail,) = run("mail", "--authserv-id", "mx.shop.example", MAIL)
    assert mail["authentication"] == "pass"


def test_attachments_tell_name_type_and_size(run):
    _code, (mail,) = run("mail", FIXTURES / "buyer_photo_only_se.eml")
    assert mail["attachments"][0] == {"name": "trasig stol å.jpg", "type": "image/jpeg", "size": 124}
    assert mail["text"] == ""


def test_unreadable_files_do_not_keep_others_from_being_read(run, tmp_path):
    (tmp_path / "empty").touch()
    code, records = run("mail", tmp_path / "missing", tmp_path / "empty", tmp_path, MAIL, "\0")
    assert code == 1
    assert ["error" in record for record in records] == [True, True, True, False, True]
    assert all(set(record) == {"file", "error"} for record in records if "error" in record)


def test_any_bytes_are_a_mail(run, tmp_path):
    (tmp_path / "a").write_bytes(b"\n")
    (tmp_path / "b").write_bytes(bytes(range(256)))
    code, records = run("mail", tmp_path / "a", tmp_path / "b")
    assert code == 0
    assert [(record["app"], record["kind"]) for record in records] == [(None, "unknown")] * 2


def test_order_has_all_keys_and_money_as_decimal_strings(run):
    code, (order,) = run("order", "amazon", ORDER)
    assert code == 0
    assert list(order) == ORDER_KEYS.split()
    assert isinstance(order["total"], str) and "E" not in order["total"]
    assert list(order["lines"][0]) == "sku item_ref title quantity unit_price total tax status image".split()
    assert isinstance(order["lines"][0]["quantity"], int)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"7", b'"x"', b"{}", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_order_is_an_error(run, tmp_path, content):
    (tmp_path / "x.json").write_bytes(content)
    code, records = run("order", "amazon", tmp_path / "x.json")
    assert code == 1
    assert [set(record) for record in records] == [{"file", "error"}]


@pytest.mark.parametrize(
    "arguments",
    [[], ["mail"], ["order", "amazon"], ["order", "nowhere", "x"], ["mail", "--bad", "x"], ["other", "x"]],
)
def test_bad_usage_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert capsys.readouterr().out == ""


def test_output_is_utf8_whatever_the_locale_and_the_file_name(tmp_path):
    name = os.fsdecode(os.fsencode(str(tmp_path)) + b"/mail-\xff.eml")
    raw = (FIXTURES / "buyer_chinese_us.eml").read_bytes()
    try:
        Path(name).write_bytes(raw)
    except OSError:
        pytest.skip("this file system wants names to be text")
    root = Path(marketplaces.__file__).resolve().parents[1]
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "marketplaces", "mail", name]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    mail = json.loads(done.stdout.decode())
    assert (done.returncode, mail["file"], mail["buyer_name"]) == (0, name, "王芳")


def test_the_page_about_the_command_line_has_every_key():
    page = (Path(__file__).resolve().parents[2] / "docs" / "cli.md").read_text()
    mail, order = page.split("## `python -m marketplaces order")
    keys = (command_line.LINE_KEYS, command_line.PACKAGE_KEYS, command_line.RECIPIENT_KEYS, command_line.ORDER_KEYS)
    assert [key for key in command_line.MAIL_KEYS if f"`{key}`" not in mail] == []
    assert [key for key in sum(keys, []) if f"`{key}`" not in order] == []
