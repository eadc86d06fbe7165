"""Drive headless Chromium over its DevTools protocol, for live tests and the pictures of the README."""

import base64
import itertools
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import requests
import websocket
from ports import free_port
from postgres import HOME

QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


class Browser:
    """One page of a new Chromium; as a context manager it's closed at the end."""

    def __init__(self, width=1500, height=950):
        self._size = width, height
        self._ids = itertools.count(1)
        self._folder = tempfile.mkdtemp(prefix="browser-")
        self.errors = []

    def __enter__(self):
        port = free_port()
        width, height = self._size
        options = [f"--remote-debugging-port={port}", f"--user-data-dir={self._folder}"]
        options += [f"--window-size={width},{height}", "--remote-allow-origins=*", "about:blank"]
        self._process = subprocess.Popen(
            [HOME / "bin/google-chrome", *QUIET, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._socket = websocket.create_connection(self._find_page(port), timeout=30)
        self._call("Runtime.enable")
        self._call("Page.enable")
        self.resize(width, height)
        return self

    def __exit__(self, *exc_info):
        self._socket.close()
        self._process.terminate()
        self._process.wait(10)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _find_page(self, port):
        for _try in range(100):
            try:
                pages = requests.get(f"http://127.0.0.1:{port}/json/list", timeout=5).json()
                return next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")
            except (requests.ConnectionError, StopIteration):
                time.sleep(0.1)
        raise RuntimeError("Chromium does not start.")

    def _call(self, method, **params):
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("method") == "Runtime.exceptionThrown":
                self.errors.append(answer["params"]["exceptionDetails"].get("exception", {}).get("description"))
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def open(self, url):
        """Go to an address and wait until the page is loaded."""
        self.run("window.left = true")
        self._call("Page.navigate", url=url)
        self.wait_for("!window.left && document.readyState === 'complete'")

    def run(self, script):
        """Return the value of a JavaScript expression in the page."""
        result = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"].get("exception", {}).get("description"))
        return result["result"].get("value")

    def wait(self, selector, text="", timeout=60):
        """Wait until an element that matches a selector shows a text."""
        has_text = _HAS_TEXT % json.dumps(text)
        self.wait_for(f"[...document.querySelectorAll({json.dumps(selector)})].some(e => {has_text})", timeout)

    def wait_for(self, condition, timeout=60):
        """Wait until a JavaScript condition holds."""
        deadline = time.monotonic() + timeout
        while not self._is_so(condition):
            if time.monotonic() > deadline:
                raise TimeoutError(f"Never so: {condition}\n{self.run('document.body.innerText')[:2000]}")
            time.sleep(0.1)

    def _is_so(self, condition):
        try:
            return self.run(f"Boolean({condition})")
        except RuntimeError as error:
            if "navigated" in str(error) or "context" in str(error):
                return False  # the page was left at this very moment
            raise

    def click(self, selector, text=""):
        """Wait for an element and click it."""
        has_text = _HAS_TEXT % json.dumps(text)
        found = f"[...document.querySelectorAll({json.dumps(selector)})].find(e => {has_text})"
        # Found and clicked in one step: in between it may be drawn anew.
        self.wait_for(f"(e => e && (e.click(), true))({found})")

    def fill(self, selector, value):
        """Wait for a field and type into it."""
        field = f"document.querySelector({json.dumps(selector)})"
        self.wait_for(f"{field}?.offsetParent")
        self.run(f"{field}.focus()")
        self._call("Input.insertText", text=value)

    def type(self, text):
        """Type into what has the focus, as a keyboard does."""
        self._call("Input.insertText", text=text)

    def press(self, keys):
        """Press a key by its name (Tab, Delete, Enter, ArrowDown, a letter), perhaps with others: Alt+Shift+n."""
        *held, key = keys.split("+")
        modifiers = sum(_MODIFIERS[one] for one in held)
        code = _KEYS.get(key) or ord(key.upper())
        name = key.upper() if "Shift" in held and len(key) == 1 else key
        text = {"Enter": "\r"}.get(key, "") if not modifiers else ""
        for kind in ("keyDown", "keyUp"):
            options = {"text": text} if text and kind == "keyDown" else {}
            self._call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=name,
                code=f"Key{key.upper()}" if len(key) == 1 else key,
                windowsVirtualKeyCode=code,
                modifiers=modifiers,
                **options,
            )

    def resize(self, width, height):
        """Give the page another size, in pixels."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", **metrics)

    def screenshot(self, path):
        """Write what the page shows as a PNG."""
        Path(path).write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))

    def log_in(self, odoo, login):
        """Log in to Odoo with a password that equals the login."""
        self.open(f"{odoo.url}/web/login")
        self.fill("#login", login)
        self.fill("#password", login)
        self.run("window.left = true; document.querySelector('.oe_login_form').requestSubmit()")
        self.wait_for("!window.left", timeout=90)
        self.wait(".o_main_navbar", timeout=90)


#: Text also inside the shadow roots in which Odoo shows mails.
_HAS_TEXT = (
    "(e.innerText + [...e.querySelectorAll('*')].map(c => c.shadowRoot?.textContent || '').join(' ')).includes(%s)"
)
_MODIFIERS = {"Alt": 1, "Control": 2, "Shift": 8}
_KEYS = {"Delete": 46, "Tab": 9, "Enter": 13, "ArrowDown": 40, "ArrowUp": 38, "Escape": 27}
