"""Sends events with the CloudEvents SDK for Python, or receives them and prints what the SDK made of them.

    interop.py send FILE URL    each event of FILE in binary and in structured mode
    interop.py receive          prints `ready URL`, then one JSON line for each event
    interop.py to-kafka FILE    prints a record for each event of FILE in both modes: key, value, headers in base64
    interop.py from-kafka FILE  prints what the SDK makes of each record of FILE, a JSON list of such records
"""

import base64
import http.client
import http.server
import json
import sys
from datetime import datetime
from urllib.parse import urlsplit

from cloudevents.core.bindings import http as binding
from cloudevents.core.bindings import kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from dateutil.parser import isoparse


def send(file, url):
    with open(file, encoding="utf-8") as text:
        samples = json.load(text)
    for sample in samples:
        for mode in ("binary", "structured"):
            event = made(sample, mode)
            write = binding.to_binary if mode == "binary" else binding.to_structured
            message = write(event, JSONFormat())
            print_line({"id": event.get_id(), "status": post(url, message)})


def to_kafka(file):
    with open(file, encoding="utf-8") as text:
        samples = json.load(text)
    for sample in samples:
        for mode in ("binary", "structured"):
            event = made(sample, mode)
            write = kafka.to_binary if mode == "binary" else kafka.to_structured
            record = write(event, JSONFormat())
            key = record.key.encode("utf-8") if isinstance(record.key, str) else record.key
            headers = {name: coded(value) for name, value in record.headers.items()}
            print_line({"key": coded(key), "value": coded(record.value), "headers": headers})


def from_kafka(file):
    with open(file, encoding="utf-8") as text:
        records = json.load(text)
    for record in records:
        headers = {name: base64.b64decode(value) for name, value in record["headers"].items()}
        key, value = (None if record[part] is None else base64.b64decode(record[part]) for part in ("key", "value"))
        message = kafka.KafkaMessage(headers=headers, key=key, value=value or b"")
        print_line(shown(kafka.from_kafka(message, JSONFormat())))


def coded(value):
    return None if value is None else base64.b64encode(value).decode("ascii")


def made(sample, mode):
    attributes = {**sample["attributes"], **sample.get("extensions", {})}
    attributes["specversion"] = "1.0"
    attributes["id"] = f"{mode}-{attributes['id']}"
    if "time" in attributes:
        attributes["time"] = isoparse(attributes["time"])
    data = sample.get("data")
    if data is not None:
        data = base64.b64decode(data)
        content_type = attributes.get("datacontenttype", "")
        if content_type == "application/json":
            data = json.loads(data)
        elif content_type.startswith("text/"):
            data = data.decode("utf-8")
    return CloudEvent(attributes, data)


def post(url, message):
    to = urlsplit(url)
    connection = http.client.HTTPConnection(to.hostname, to.port)
    connection.request("POST", to.path, message.body, message.headers)
    status = connection.getresponse().status
    connection.close()
    return status


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            message = binding.HTTPMessage(dict(self.headers.items()), body)
            print_line(shown(binding.from_http(message, JSONFormat())))
            self.send_response(204)
        except Exception as error:
            print_line({"error": str(error)})
            self.send_response(400)
        self.end_headers()

    def log_message(self, *_):
        pass


def shown(event):
    attributes = {name: text(value) for name, value in event.get_attributes().items()}
    shown = {"attributes": attributes}
    data = event.get_data()
    if isinstance(data, str) and "json" not in attributes.get("datacontenttype", "json"):
        data = data.encode("utf-8")
    elif data is not None and not isinstance(data, bytes):
        data = json.dumps(data).encode("utf-8")
    if data is not None:
        shown["data"] = base64.b64encode(data).decode("ascii")
    return shown


def text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def receive():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    print(f"ready http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()


def print_line(value):
    # one write: requests are served by threads
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if sys.argv[1:2] == ["send"] and len(sys.argv) == 4:
    send(sys.argv[2], sys.argv[3])
elif sys.argv[1:] == ["receive"]:
    receive()
elif sys.argv[1:2] == ["to-kafka"] and len(sys.argv) == 3:
    to_kafka(sys.argv[2])
elif sys.argv[1:2] == ["from-kafka"] and len(sys.argv) == 3:
    from_kafka(sys.argv[2])
else:
    sys.exit("usage: interop.py send FILE URL | receive | to-kafka FILE | from-kafka FILE")
