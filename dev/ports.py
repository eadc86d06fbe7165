"""TCP ports of this machine for the servers of tests and demo."""

import contextlib
import random
import socket
import time


def free_port():
    """Return a TCP port of 127.0.0.1 that nobody listens on.

    From below those that the system gives to connections: a server that is killed and started again finds it free.
    """
    while True:
        with contextlib.suppress(OSError), socket.socket() as sock:
            port = random.randrange(20_000, 32_000)
            sock.bind(("127.0.0.1", port))
            return port


def wait_for_port(port, timeout=10):
    """Wait until nobody listens on a port: killed workers hold it for some moments."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.02)
    raise RuntimeError(f"Port {port} is still in use.")
