"""Files for messages of the API: Uploads, held against Amazon's official model."""

import base64
import hashlib

import pytest

from marketplaces.amazon import Amazon
from marketplaces.errors import Refused, Unavailable, Unreadable
from marketplaces.schema import Credentials, UploadedFile
from marketplaces.tests import swagger
from marketplaces.tests.http_server import says
from marketplaces.tests.shared_data import needs

pytest_plugins = ["marketplaces.tests.network"]
needs_models = needs(swagger.find_models())

REF = "302-1234567-1234567"
DE = Amazon.get_site("DE")


@pytest.fixture
def amazon(server):
    return Amazon(Credentials(region="eu", access_token="Atza|t"), endpoints={"api": server.url})


class TestUploads:
    CONTENT = b"%PDF-1.4 \xff" * 100

    def upload(self, amazon):
        given = {"site": DE, "name": "a.pdf", "content_type": "application/pdf", "content": self.CONTENT}
        return amazon.upload_file(REF, "legalDisclosure", **given)

    def place(self, server, **headers):
        payload = {
            "uploadDestinationId": "sc/1",
            "url": f"{server.url}/store?X-Amz-Signature=s%2Fx",
            "headers": headers,
        }
        return {"payload": payload}

    def test_a_file_goes_where_amazon_says(self, server, amazon):
        told = {
            "Content-Type": "application/pdf",
            "Content-MD5": "x==",
            "Host": "evil",
            "x-amz-a": "b",
            "x-bad": "a\r\nb",
        }
        server.will(says(201, self.place(server, **told)), says(200, b"", None))
        assert self.upload(amazon) == UploadedFile("sc/1", "a.pdf")
        asked, put = server.asked
        assert (asked.method, asked.path) == (
            "POST",
            f"/uploads/2020-11-01/uploadDestinations/messaging/v1/orders/{REF}/messages/legalDisclosure",
        )
        assert asked.query["contentMD5"] == [base64.b64encode(hashlib.md5(self.CONTENT).digest()).decode()]
        assert asked.body == b""
        assert (put.method, put.path, put.body) == ("PUT", "/store", self.CONTENT)
        assert put.query == {"X-Amz-Signature": ["s/x"]}
        assert (put.headers["content-md5"], put.headers["x-amz-a"]) == ("x==", "b")
        assert "x-bad" not in put.headers and put.headers["host"] != "evil"
        assert "x-amz-access-token" not in put.headers
        assert amazon.requests == 1

    @needs_models
    def test_what_we_send_fits_the_model(self, server, amazon):
        model = swagger.load("uploads_2020-11-01")
        server.will(says(201, self.place(server)), says(200, b"", None))
        self.upload(amazon)
        asked = server.asked[0]
        assert swagger.check_request(model, asked.method, asked.path, asked.query) == []

    @pytest.mark.parametrize(
        ("payload", "error"),
        [
            ({}, Unreadable),
            ({"uploadDestinationId": "1", "url": "ftp://x/y"}, Unreadable),
            ({"uploadDestinationId": "1", "url": "file:///etc/passwd"}, Unreadable),
            ({"url": "http://127.0.0.1/x"}, Unreadable),
        ],
    )
    def test_an_answer_without_place_is_unreadable(self, server, amazon, payload, error):
        server.will(says(201, {"payload": payload}))
        with pytest.raises(error):
            self.upload(amazon)
        assert len(server.asked) == 1

    @pytest.mark.parametrize(("status", "error"), [(403, Refused), (500, Unavailable), (400, Unavailable)])
    def test_a_store_that_refuses_is_told(self, server, amazon, status, error):
        server.will(says(201, self.place(server)), says(status, "<Error/>", "application/xml"))
        with pytest.raises(error):
            self.upload(amazon)
