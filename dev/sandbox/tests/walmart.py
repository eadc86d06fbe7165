"""A client of the pretend Walmart that knows nothing but HTTP, and a seller who reads and writes mail."""

import smtplib
import uuid
from datetime import datetime, timedelta, timezone
from email import message_from_bytes, policy

import requests

ADDRESS = "walmart@odoo.example"
#: What lists of orders need in order to tell all.
START = {"createdStartDate": f"{datetime.now(timezone.utc) - timedelta(days=179):%Y-%m-%d}"}


class WalmartApi:
    """Calls the Marketplace API with one seller's key."""

    def __init__(self, sandbox, seller="DEMO-WMT"):
        self.sandbox = sandbox
        self.url = sandbox.walmart_endpoints["api"]
        self.code = seller
        self._token = None

    @property
    def seller(self):
        """Return the seller as the sandbox has it now."""
        return self.sandbox.walmart.sellers[self.code]

    def headers(self, **more):
        """Return the headers of a call; those that are None are left out."""
        usual = {
            "WM_SVC.NAME": "Walmart Marketplace",
            "WM_QOS.CORRELATION_ID": str(uuid.uuid4()),
            "Accept": "application/json",
        }
        return {name: value for name, value in {**usual, **more}.items() if value is not None}

    def sign_in(self, secret=None, grant="client_credentials", **headers):
        """Return the answer to a token request."""
        auth = self.seller.client_id, secret or self.seller.client_secret
        form = {"grant_type": grant}
        return requests.post(f"{self.url}/v3/token", form, auth=auth, headers=self.headers(**headers), timeout=10)

    def get(self, path, query=None, token=None, timeout=10, **headers):
        """Return the answer to a signed call."""
        if not token:
            self._token = token = self._token or self.sign_in().json()["access_token"]
        headers = self.headers(**{"WM_SEC.ACCESS_TOKEN": token, **headers})
        return requests.get(self.url + path, query, headers=headers, timeout=timeout)

    def orders(self, **query):
        """Return the purchase orders of one page of a list, none for 404."""
        answer = self.get("/v3/orders", query)
        return answer.json()["list"]["elements"]["order"] if answer.status_code == 200 else []

    def control(self, what, method="POST", **data):
        """Use the side door and return its answer."""
        answer = requests.request(method, f"{self.url}/control/{what}", json=data, timeout=10)
        answer.raise_for_status()
        return answer.json()


class Shop:
    """A seller at Walmart who reads what is delivered and answers by mail."""

    def __init__(self, sandbox, delivered):
        self.sandbox, self.delivered = sandbox, delivered
        sandbox.world.set_address("DEMO-WMT", "US", ADDRESS)

    def order(self, test=lambda order: True):
        """Return the newest purchase order of the demo's seller that passes a test."""
        return next(order for _code, order in self.sandbox.walmart.orders.all("DEMO-WMT") if test(order))

    def asked(self, text="Where is my order?", **values):
        """Return the mail by which something that a buyer writes arrives."""
        mails = self.sandbox.write(text, **values)
        assert self.sandbox.wait(*mails)
        return self.read()[-1]

    def read(self):
        """Return all mails that arrived."""
        assert self.sandbox.wait()
        return [message_from_bytes(raw, policy=policy.default) for raw in list(self.delivered)]

    def send(self, to, text="On its way!", sender=ADDRESS, header=None, **headers):
        """Send a mail and return its Message-ID."""
        message_id = f"<{uuid.uuid4()}@odoo.example>"
        given = {"From": header or f"Shop <{sender}>", "To": to, "Subject": "Re: your order", "Message-ID": message_id}
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in {**given, **headers}.items())
        with smtplib.SMTP("127.0.0.1", self.sandbox.smtp_port, timeout=10) as smtp:
            smtp.sendmail(sender, [to], f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode())
        return message_id

    def fates(self, ref):
        """Return what became of what the seller wrote about an order."""
        return [entry["fate"] for entry in self.sandbox.read_conversation(ref) if entry["side"] == "seller"]


def html_of(mail):
    """Return the HTML of a mail as its sender wrote it."""
    return mail.get_body(("html",)).get_content().replace("\r\n", "\n")


def code_of(answer):
    """Return the first code of an error, whatever its shape."""
    body = answer.json()
    rows = body.get("error") or body["errors"]
    rows = rows["error"] if isinstance(rows, dict) else rows
    return rows[0]["code"]
