"""A bad line: passes TCP connections on to a port of this machine, late, slowly, broken off or not at all."""

import contextlib
import queue
import socket
import threading
import time


class Proxy:
    """Started by ``with``; what it does may be changed at any moment.

    :param int target: port of 127.0.0.1 that connections go on to.
    :param float round_trip: seconds that a question and its answer take longer.
    """

    def __init__(self, target, round_trip=0.0):
        self.target = target
        self.round_trip = round_trip
        #: Take connections and say nothing.
        self.is_silent = False
        #: Bytes a second towards the client, None for all at once.
        self.rate = None
        self.connections = 0
        self._cuts = []
        self._meanwhile = []
        self._open = set()
        self._lock = threading.Lock()

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exc_info):
        self._listener.close()
        self.cut()

    def cut(self):
        """Break off all connections at once."""
        with self._lock:
            ends, self._open = self._open, set()
        for end in ends:
            _close(end)

    def cut_after(self, *counts):
        """Break off the next connections, each after so many bytes of the server's."""
        self._cuts.extend(counts)

    def meanwhile(self, words, action):
        """Call a function, once, right before a command with these bytes in it reaches the server."""
        self._meanwhile.append((words, action))

    @property
    def cuts_left(self):
        """Return how many connections are still to be broken off."""
        return len(self._cuts)

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                self.connections += 1
                server = socket.create_connection(("127.0.0.1", self.target))
                with self._lock:
                    self._open |= {client, server}
                left = [self._cuts.pop(0)] if self._cuts else []
                self._pump(client, server, [])
                self._pump(server, client, left, to_client=True)

    def _pump(self, source, target, left, to_client=False):
        line = queue.Queue()
        threading.Thread(target=self._read, args=(source, line), daemon=True).start()
        threading.Thread(target=self._write, args=(target, line, left, to_client), daemon=True).start()

    def _read(self, source, line):
        data = True
        while data:
            try:
                data = source.recv(65536)
            except OSError:
                data = b""
            line.put((time.monotonic() + self.round_trip / 2, data))

    def _write(self, target, line, left, to_client):
        # Somebody hung up, or was cut off: then nothing more is to be passed on.
        with contextlib.suppress(OSError):
            while True:
                moment, data = line.get()
                time.sleep(max(0, moment - time.monotonic()))
                while self.is_silent and target.fileno() >= 0:
                    time.sleep(0.02)
                if not data:
                    break
                if left and left[0] < len(data):
                    target.sendall(data[: left[0]])
                    self.cut()
                    break
                if left:
                    left[0] -= len(data)
                if not to_client:
                    self._let_happen(data)
                self._send(target, data, to_client)
        _close(target)

    def _let_happen(self, data):
        for one in [one for one in self._meanwhile if one[0] in data]:
            self._meanwhile.remove(one)
            one[1]()

    def _send(self, target, data, to_client):
        if not (to_client and self.rate):
            target.sendall(data)
            return
        step = max(1, int(self.rate / 20))
        for start in range(0, len(data), step):
            target.sendall(data[start : start + step])
            time.sleep(step / self.rate)


def _close(end):
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
