"""Holds conversations with the chat over HTTP, one and many at a time, and prints what a turn took as Markdown.

    python over_chat.py TRIALOGUE [--turns 400] [--conversations 1 100]

After that it asks questions as long as they may be, of words repeated, beside an eighth of each.

Over the demonstration store, by the interpreter: what a turn costs beside a model. Each conversation has a connection of its own and asks
the seed's questions and a follow-up in turn, as soon as the one before is answered; nobody reads so fast, so many at a time is a load and not
a usual hour. What this program itself takes of the processors is part of the times. Run it through `run.sh --chat`.
"""

import argparse
import asyncio
import json
import os
import signal
import statistics
import sys
import tempfile
import time

from processes import Server

QUESTIONS = [
    "Which run had the highest F1 score?",
    "and its accuracy?",
    "Compare the last 3 runs of churn-prediction-q1",
    "Plot the training loss curve for run 17",
    "Show me all experiments for churn prediction",
]
# What people would have to repeat for a question as long as it may be: fillers, names, numbers, conditions, orders.
REPEATED = ["a ", "loss ", "0.5 ", "run-017 and ", "plot the loss of run-017 and ", "which run is best, ", "delete run-017 but ", "lr=0.1 and "]
LONGEST = 2_000

# One asks much more often than anybody may.
ENVIRONMENT = {"TRIALOGUE_REQUESTS_PER_MINUTE": "1000000", "TRIALOGUE_CALLS_PER_PRINCIPAL": "1000", "TRIALOGUE_LOG": "warn"}


class Conversation:
    """A connection, and the turns that are taken over it."""

    def __init__(self, port):
        self.port, self.id = port, None
        self.first, self.whole, self.refused = [], [], 0

    async def hold(self, turns, streams):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        for turn in range(turns):
            body = {"message": QUESTIONS[turn % len(QUESTIONS)]} | ({"conversation_id": self.id} if self.id else {})
            await self.ask(reader, writer, json.dumps(body).encode(), streams)
        writer.close()

    async def ask(self, reader, writer, body, streams):
        accept = "text/event-stream" if streams else "application/json"
        head = f"POST /api/v1/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        begun = time.perf_counter()
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        headers = answer.decode().lower()
        length = [line.split(":")[1] for line in headers.splitlines() if line.startswith("content-length:")]
        if length:
            text = await reader.readexactly(int(length[0]))
            self.first.append(time.perf_counter() - begun)
        else:
            text = b""
            while size := int(await reader.readuntil(b"\r\n"), 16):
                text += await reader.readexactly(size)
                if len(self.first) == len(self.whole):
                    self.first.append(time.perf_counter() - begun)
                await reader.readexactly(2)
            await reader.readexactly(2)
        self.whole.append(time.perf_counter() - begun)
        if " 200 " not in headers.splitlines()[0]:
            self.refused += 1
        elif self.id is None:
            self.id = text.split(b'"conversation_id":"')[1].split(b'"')[0].decode()


async def hold(port, conversations, turns, streams):
    held = [Conversation(port) for _ in range(conversations)]
    await asyncio.gather(*(conversation.hold(turns, streams) for conversation in held))
    return held


async def ask_long(port, words, size, times=5):
    """The median seconds for a question of so many bytes, each time of a conversation of its own."""
    message = (words * (size // len(words) + 1))[:size]
    seconds = []
    for _ in range(times):
        conversation = Conversation(port)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await conversation.ask(reader, writer, json.dumps({"message": message}).encode(), False)
        writer.close()
        assert not conversation.refused, f"{size} bytes of {words!r} were refused"
        seconds += conversation.whole
    return statistics.median(seconds)


def milliseconds(seconds, part):
    return f"{1000 * statistics.quantiles(seconds, n=100)[part - 1]:.1f}"


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("program", help="the release program")
    arguments.add_argument("--turns", type=int, default=400, help="about how many turns are taken of each kind")
    arguments.add_argument("--conversations", type=int, nargs="+", default=[1, 100], help="how many at a time")
    given = arguments.parse_args()
    print(f"{os.cpu_count()} cores, load at the start {os.getloadavg()[0]:.1f}; milliseconds\n")
    print("| conversations | form | turns | refused | first byte p50 | p99 | whole p50 | p99 | processor a turn |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory(prefix="trialogue-bench-") as folder:
        program = os.path.abspath(given.program)
        with Server([program, "serve", "--demo", "--port", "0"], folder, ENVIRONMENT, r"http://127\.0\.0\.1:(\d+)") as server:
            asyncio.run(hold(server.port, 1, 2 * len(QUESTIONS), True))
            for conversations in given.conversations:
                for streams in (True, False):
                    before = server.cpu_seconds()
                    turns = max(given.turns // conversations, len(QUESTIONS))
                    held = asyncio.run(hold(server.port, conversations, turns, streams))
                    first = [seconds for conversation in held for seconds in conversation.first]
                    whole = [seconds for conversation in held for seconds in conversation.whole]
                    refused = sum(conversation.refused for conversation in held)
                    processor = 1000 * (server.cpu_seconds() - before) / len(whole)
                    cells = [conversations, "events" if streams else "one piece", len(whole), refused]
                    cells += [milliseconds(first, 50), milliseconds(first, 99), milliseconds(whole, 50), milliseconds(whole, 99), f"{processor:.1f}"]
                    print("| " + " | ".join(map(str, cells)) + " |", flush=True)
            print(f"\n| repeated | {LONGEST // 8:,} bytes | {LONGEST:,} bytes | ratio |\n| --- | --- | --- | --- |")
            for words in REPEATED:
                short, long = (asyncio.run(ask_long(server.port, words, size)) for size in (LONGEST // 8, LONGEST))
                print(f"| `{words.strip()}` | {1000 * short:.1f} | {1000 * long:.1f} | {long / short:.1f} |", flush=True)


if __name__ == "__main__":
    main()
