"""Mail servers that say what a test wants them to say: odd ones, which no real server on this machine imitates."""

import contextlib
import imaplib
import poplib
import re
import socket
import threading


class Script:
    """A server of one connection, running inside a ``with`` block.

    :param bytes greeting: what it says first.
    :param answers: pairs of a regular expression for a command and what to answer; ``TAG`` stands for the command's
        tag. None says nothing, b"" hangs up.
    :param bytes otherwise: the answer to all other commands.
    """

    def __init__(self, greeting, answers, otherwise):
        self._greeting, self._answers, self._otherwise = greeting, answers, otherwise
        self.asked = []

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *exc_info):
        self._listener.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            connection, _address = self._listener.accept()
            with connection, connection.makefile("rb") as lines:
                connection.sendall(self._greeting)
                for line in lines:
                    self.asked.append(line.strip().decode())
                    answer = next((a for p, a in self._answers if re.search(p, self.asked[-1])), self._otherwise)
                    if answer == b"":
                        return
                    if answer:
                        told = answer.replace(b"TAG OK\r\n", b"TAG OK done\r\n")
                        connection.sendall(told.replace(b"TAG", line.split()[0]))


@contextlib.contextmanager
def imap(*answers):
    """Yield (imaplib connection, script) of an IMAP server."""
    always = (("CAPABILITY", b"* CAPABILITY IMAP4rev1\r\nTAG OK\r\n"), ("LOGOUT", b"* BYE\r\nTAG OK\r\n"))
    with Script(b"* PREAUTH ready\r\n", (*answers, *always), b"TAG OK done\r\n") as script:
        connection = imaplib.IMAP4("127.0.0.1", script.port, timeout=10)
        connection.state = "SELECTED"  # as if a folder were open
        yield connection, script
        with contextlib.suppress(OSError):
            connection.shutdown()


@contextlib.contextmanager
def pop(*answers):
    """Yield (poplib connection, script) of a POP server."""
    with Script(b"+OK ready\r\n", answers, b"+OK\r\n") as script:
        connection = poplib.POP3("127.0.0.1", script.port, timeout=10)
        yield connection, script
        connection.close()
