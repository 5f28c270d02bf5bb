"""A server that sleeps until somebody connects, and knows when it's to end."""

import socket
import threading
from contextlib import suppress
from http.server import ThreadingHTTPServer


class LoopbackServer(ThreadingHTTPServer):
    """Serves in threads. The library's own loop wakes many times a second to see whether it's to end."""

    daemon_threads = True
    request_queue_size = 64
    _is_over = False

    def server_activate(self) -> None:
        self._has_ended = threading.Event()
        super().server_activate()

    def serve_forever(self, poll_interval: float = 0) -> None:
        """Serve until ``shutdown``."""
        while not self._is_over:
            self.handle_request()
        self._has_ended.set()

    def shutdown(self) -> None:
        """End serving, and wait until it has ended: a connection wakes the loop."""
        self._is_over = True
        with suppress(OSError):
            socket.create_connection(self.server_address[:2]).close()  # type: ignore[arg-type]
        self._has_ended.wait()
