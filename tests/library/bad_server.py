"""A server on this machine that behaves as badly as servers do."""

import hashlib
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CONTENT = bytes(range(256)) * 1200
SHA256 = hashlib.sha256(CONTENT).hexdigest()
HALF = 150_000


@dataclass
class Behaviour:
    """What the server does with each request in turn; the last holds for all that follow."""

    steps: list[str]
    ranges: list[str | None] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def next(self) -> str:
        return self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        behaviour = self.server.behaviour
        asked = self.headers.get("Range")
        behaviour.ranges.append(asked)
        self.start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        self.close_connection = True
        getattr(self, behaviour.next())()

    def begin(self, status, length=None, **headers):
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.send_header("Connection", "close")
        self.end_headers()

    def give(self, content):
        self.server.behaviour.sent.append(len(content))
        self.wfile.write(content)
        self.wfile.flush()

    def whole(self):
        rest = CONTENT[self.start :]
        if self.start >= len(CONTENT):
            self.begin(416, 0, Content_Range=f"bytes */{len(CONTENT)}")
        elif self.start:
            span = f"bytes {self.start}-{len(CONTENT) - 1}/{len(CONTENT)}"
            self.begin(206, len(rest), Content_Range=span)
            self.give(rest)
        else:
            self.begin(200, len(rest))
            self.give(rest)

    def without_ranges(self):
        self.start = 0
        self.whole()

    def another_range(self):
        if not self.start:
            return self.whole()
        self.begin(206, HALF, Content_Range=f"bytes 0-{HALF - 1}/{len(CONTENT)}")
        return self.give(CONTENT[:HALF])

    def truncated(self):
        self.begin(200, len(CONTENT))
        self.give(CONTENT[:HALF])

    def truncated_without_length(self):
        self.begin(200)
        self.give(CONTENT[:HALF])

    def without_length(self):
        self.begin(200)
        self.give(CONTENT)

    def chunked(self):
        self.begin(200, Transfer_Encoding="chunked")
        self.give(b"%x\r\n%b\r\n0\r\n\r\n" % (len(CONTENT), CONTENT))

    def truncated_chunks(self):
        self.begin(200, Transfer_Encoding="chunked")
        self.give(b"%x\r\n%b" % (len(CONTENT), CONTENT[:HALF]))

    def reset(self):
        self.begin(200, len(CONTENT))
        self.give(CONTENT[:HALF])
        time.sleep(0.05)
        linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    def another_file(self):
        self.begin(200, 9)
        self.give(b"not it at")

    def silent(self):
        self.begin(200, len(CONTENT))
        self.give(CONTENT[:HALF])
        self.server.behaviour.stop.wait(10)

    def whole_in_a_while(self):
        self.server.behaviour.go.wait(30)
        # Long enough for another to ask too, if nothing keeps it from asking.
        self.server.behaviour.stop.wait(0.3)
        self.whole()

    def deaf(self):
        self.server.behaviour.stop.wait(10)

    def trickle(self):
        self.begin(200, len(CONTENT))
        try:
            while not self.server.behaviour.stop.wait(0.02):
                self.give(b"a")
        except OSError:
            pass

    def missing(self):
        self.begin(404, 0)

    def failing(self):
        self.begin(500, 0)

    def moved(self):
        self.begin(302, 0, Location="/elsewhere")

    def moved_to_a_file(self):
        self.begin(302, 0, Location="file:///etc/passwd")

    def moved_to_http(self):
        self.begin(302, 0, Location="http://localhost.invalid/raw.csv")

    def moved_in_circles(self):
        self.begin(302, 0, Location=self.path)


def start_server(*steps):
    """Start a server that behaves in these ways, one a request; give it and its thread."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.behaviour = Behaviour(list(steps))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    return server, thread
