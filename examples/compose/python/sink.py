"""A CloudEvents sink with Python's standard library alone: an event is an HTTP request."""

import json
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote


def read_event(headers, body):
    """The attributes of an event, and its data as text."""
    if headers.get("content-type", "").startswith("application/cloudevents+json"):
        event = json.loads(body)
        return event, json.dumps(event.get("data"))
    # binary mode: one header for each attribute, percent-coded
    attributes = {name.lower()[3:]: unquote(value) for name, value in headers.items() if name.lower().startswith("ce-")}
    return attributes, body.decode(errors="replace")


def say(line):
    """Prints a line in one piece, whatever other threads print."""
    sys.stdout.write(f"{line}\n")


def serve(answer):
    """Listens on port 8080; `answer` gets the path, the attributes and the data, and gives the status."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status = answer(self.path, *read_event(self.headers, body))
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    ThreadingHTTPServer(("", 8080), Handler).serve_forever()
