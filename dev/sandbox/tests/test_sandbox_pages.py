"""The pages for people work."""

import re

import pytest
import requests


@pytest.fixture
def order(sandbox):
    return next(o for _c, o in sandbox.orders.all("DEMO-EU") if o["salesChannel"]["marketplaceName"] == "Amazon.de")


def conversation(api, key):
    return requests.get(f"{api.url}/buyer/conversation", {"key": key}, timeout=10).json()["entries"]


@pytest.mark.parametrize("path", ["/", "/buyer", "/mailbox", "/static/style.css", "/static/buyer.js"])
def test_pages_load_nothing_from_elsewhere(api, path):
    answer = requests.get(api.url + path, timeout=10)
    assert answer.status_code == 200
    assert not re.search(r"""(src|href)=["'](https?:)?//|url\(|@import""", answer.text)


def test_static_files_stay_in_their_folder(api):
    assert requests.get(f"{api.url}/static/..%2Fserver.py", timeout=10).status_code == 404


def test_a_buyer_writes_with_files_and_sees_it_delivered(sandbox, api, order, delivered):
    rows = requests.get(f"{api.url}/buyer/orders", {"seller": "DEMO-EU", "site": "DE"}, timeout=10).json()
    row = next(r for r in rows["orders"] if r["ref"] == order["orderId"])
    assert rows["address"] == "amazon-de@odoo.example"
    form = {"seller": "DEMO-EU", "site": "DE", "order_ref": row["ref"], "text": "Hallo", "second_copy": "on"}
    files = {"files": ("Foto.jpg", b"\xff\xd8", "image/jpeg")}
    assert requests.post(f"{api.url}/buyer/send", form, files=files, timeout=10).status_code == 200
    assert sandbox.wait()
    (entry,) = conversation(api, row["key"])
    assert (entry["text"], entry["files"]) == ("Hallo", ["Foto.jpg"])
    assert [mail["words"] for mail in entry["mails"]] == ["delivered to the seller's mail server"] * 2
    assert len(delivered) == 2


def test_notices_and_questions_before_the_sale(sandbox, api, order, delivered):
    form = {"seller": "DEMO-EU", "site": "DE"}
    for extra in ({"order_ref": order["orderId"], "notice": "atoz_claim"}, {"asin": "B0SANDBX01", "text": "Blau?"}):
        assert requests.post(f"{api.url}/buyer/send", form | extra, timeout=10).status_code == 200
    assert sandbox.wait()
    assert sorted(b"A_Z_CLAIM" in raw for raw in delivered) == [False, True]
    assert [e["name"] for e in conversation(api, "DEMO-EU|DE||Robin Curious")] == ["Robin Curious"]


def test_addresses_are_kept_over_a_restart(tmp_path, order):
    from sandbox import Sandbox

    state = tmp_path / "state.json"
    with Sandbox(state=state) as first:
        form = {"seller": "DEMO-EU", "site": "FR", "address": "amazon-fr@odoo.example"}
        assert requests.post(f"{first.http_url}/buyer/address", form, timeout=10).status_code == 200
    with Sandbox(state=state) as second:
        assert second.world.addresses == {("DEMO-EU", "FR"): "amazon-fr@odoo.example"}


def test_tests_can_write_over_http(sandbox, api, order, delivered):
    files = [{"name": "a", "type": "b/c", "content": "eA=="}]
    data = {"order_ref": order["orderId"], "text": "Hallo", "attachments": files}
    (mail,) = api.control("write", **data)["mails"]
    assert sandbox.wait()
    log = api.control("mails", method="GET")
    assert log["counts"]["accepted"] == 1
    assert log["mails"][0]["message_ref"] == mail["message_ref"]
