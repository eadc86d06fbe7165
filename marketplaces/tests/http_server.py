"""A web server on this machine that answers as told, however badly, and remembers what it was asked."""

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as it arrived; header names in lower case, ``query`` as lists of values."""

    method: str
    path: str
    query: dict
    headers: dict
    body: bytes


class Server:
    """Answers each request with the next of ``answers``, the last one again and again."""

    def __init__(self):
        self.answers = []
        self.asked = []
        self._web = ThreadingHTTPServer(("127.0.0.1", 0), self._make_handler())
        self._web.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._web.server_port}"

    def will(self, *answers):
        """Set the answers: functions that take the request handler (see below)."""
        self.answers = list(answers)

    def encrypt(self, context):
        """Speak TLS from now on, with an ``ssl.SSLContext`` that holds a certificate."""
        self._web.socket = context.wrap_socket(self._web.socket, server_side=True, do_handshake_on_connect=False)
        self._web.handle_error = lambda request, address: None  # a client that does not trust the certificate

    @contextmanager
    def running(self):
        """Serve as long as the block runs."""
        threading.Thread(target=self._web.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield self
        finally:
            self._web.shutdown()
            self._web.server_close()

    def _make_handler(self):
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                url = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                server.asked.append(Asked(self.command, url.path, parse_qs(url.query), headers, body))
                answer = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
                try:
                    answer(self)
                except OSError:  # the client had enough
                    self.close_connection = True

            do_POST = do_PUT = do_GET

            def log_message(self, *args):
                pass

        return Handler


def says(status, body=b"", content_type="application/json", **headers):
    """Return an answer: a JSON value, a text or bytes; headers with _ for -."""
    if not isinstance(body, (bytes, str)):
        body = json.dumps(body)
    content = body.encode() if isinstance(body, str) else body

    def answer(handler):
        handler.send_response(status)
        if content_type:
            handler.send_header("Content-Type", content_type)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), str(value))
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def drips(data, pause):
    """Return an answer that sends its head, or its body, byte by byte with a pause between."""

    def answer(handler):
        for position in range(len(data)):
            handler.wfile.write(data[position : position + 1])
            time.sleep(pause)

    return answer


def sends(data):
    """Return an answer of raw bytes, after which the connection ends."""

    def answer(handler):
        handler.wfile.write(data)
        handler.close_connection = True

    return answer


def hangs(seconds):
    """Return an answer that never comes."""

    def answer(handler):
        time.sleep(seconds)
        handler.close_connection = True

    return answer
