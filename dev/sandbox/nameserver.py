"""A name server on 127.0.0.1 that tells the keys of signatures, over real UDP."""

import socket
import threading

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class NameServer:
    """Answers questions for TXT records; of a name that it does not know it says so.

    :param dict records: {name without the last dot: bytes}; may change while it runs.
    """

    def __init__(self, records):
        self.records = records
        #: Names that were asked for, in that order.
        self.asked = []
        #: It says nothing as long as this is set.
        self.is_silent = False
        self._socket = None

    @property
    def address(self):
        """Return "host:port", as Odoo's ``MARKETPLACE_NAMESERVER`` takes it."""
        return "{}:{}".format(*self._socket.getsockname())

    def start(self):
        """Begin to answer and return the server."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        threading.Thread(target=self._work, args=(self._socket,), daemon=True, name="sandbox-dns").start()
        return self

    def stop(self):
        """Stop answering."""
        address, closing = self._socket.getsockname(), self._socket
        self._socket = None
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", address)
        closing.close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc_info):
        self.stop()

    def _work(self, listening):
        while self._socket is listening:
            try:
                question, sender = listening.recvfrom(4096)
                if question and not self.is_silent:
                    listening.sendto(self._answer(question), sender)
            except OSError:
                return

    def _answer(self, raw):
        question = dns.message.from_wire(raw)
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        name = question.question[0].name
        self.asked.append(name.to_text(omit_final_dot=True))
        record = self.records.get(self.asked[-1])
        if record is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
            return answer.to_wire()
        pieces = " ".join(f'"{record[start : start + 255].decode()}"' for start in range(0, len(record), 255))
        answer.answer.append(dns.rrset.from_text(name, 600, "IN", "TXT", pieces))
        return answer.to_wire()
