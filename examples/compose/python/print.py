"""Prints each event in one line."""

from sink import say, serve


def answer(_path, event, data):
    line = f"{event['type']} {event['id']} {' '.join(data.split())[:200]}"
    if "knativeerrorcode" in event:
        line += f", a dead letter: {event['knativeerrordest']} answered {event['knativeerrorcode']}"
    say(line)
    return 200


serve(answer)
