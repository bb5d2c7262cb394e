"""Never takes an event: 500 says "not now", 400 says "never"."""

from sink import say, serve


def answer(path, event, _data):
    status = 400 if path == "/refuse" else 500
    say(f"{event['id']} is answered with {status}")
    return status


serve(answer)
