"""A server that takes a whole request and then breaks off its answer."""

import socket
import struct
from threading import Thread
from urllib.parse import urlsplit

from odoo.tests import common


class BrokenServer:
    """Takes requests one by one, says ``answer`` and ends as told.

    ``ending``: ``close``, ``reset`` (the connection is torn down) or ``stall`` (it
    stays open and silent until the server is stopped).
    """

    def __init__(self, answer=b"", ending="close"):
        self.requests = []
        self._answer, self._ending = answer, ending
        self._kept = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self._listener.getsockname()[1]
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            with connection.makefile("rb") as stream:
                self.requests.append(_read(stream))
            connection.sendall(self._answer)
            if self._ending == "stall":
                self._kept.append(connection)
                continue
            if self._ending == "reset":
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.close()

    def stop(self):
        if not self._thread.is_alive():
            return
        # Closing alone does not wake who waits in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)
        for connection in self._kept:
            connection.close()


class ShortTimeouts:
    """For test cases: requests to this machine keep their own time-outs.

    Odoo's tests make each at least ten seconds.
    """

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        if urlsplit(request.url).hostname == "127.0.0.1":
            return common._super_send(session, request, **kwargs)
        return super()._request_handler(session, request, **kwargs)

    def broken_server(self, *args):
        server = BrokenServer(*args)
        self.addCleanup(server.stop)
        return server


def _read(stream):
    """A request's body; its head tells how long it is."""
    length = 0
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return stream.read(length)
