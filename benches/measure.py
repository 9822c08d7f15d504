"""Asks MLflow's server and Trialogue the same questions over the same file, turn by turn, and prints what they took as Markdown.

    python measure.py [TRIALOGUE] --store STORE.db [--seconds 6]

TRIALOGUE is the release program; without it only MLflow is measured. Run it with a Python that has MLflow, best through `run.sh`.
The file is asked twice: as MLflow makes it, and after `ANALYZE`, which MLflow never runs and profits from greatly. Both read one copy, which
is thrown away at the end. All reads come from the page cache.
"""

import argparse
import contextlib
import dataclasses
import json
import math
import os
import platform
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from importlib.metadata import version
from pathlib import Path

from processes import Server, run_once
from questions import MANY_RUNS, questions

HERE = Path(__file__).resolve().parent
MLFLOW_ENVIRONMENT = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
MLFLOW_LIBRARY = """
import sys
from mlflow import MlflowClient
order = ["metrics.f1_score DESC"]
print(MlflowClient(sys.argv[1]).search_runs([sys.argv[2]], order_by=order, max_results=1)[0].info.run_id)
"""


@dataclasses.dataclass
class Timing:
    """How long something took over a number of times, in milliseconds; the processor's time is a mean, its clock being coarse."""

    times: int
    median: float
    least: float
    most: float
    cpu: float | None

    @classmethod
    def of(cls, walls, cpu_seconds):
        cpu = None if cpu_seconds is None else 1000 * cpu_seconds / len(walls)
        return cls(len(walls), 1000 * statistics.median(walls), 1000 * min(walls), 1000 * max(walls), cpu)


def repeat(once, seconds, at_least=3, at_most=500):
    """Wall seconds of each call, for about so long; one call before it warms up."""
    once()
    walls = []
    deadline = time.monotonic() + seconds
    while len(walls) < at_least or (time.monotonic() < deadline and len(walls) < at_most):
        started = time.perf_counter()
        once()
        walls.append(time.perf_counter() - started)
    return walls


class Client:
    """A connection for each request: on one that is kept, a small answer of MLflow's workers waits some 40 ms in the network, which is not
    their work."""

    def __init__(self, server):
        self.connection = HTTPConnection("127.0.0.1", server.port, timeout=120)

    def ask(self, requests, expected):
        """Sends the requests one after another and gives the bytes of the replies; `expected` must stand in one of them."""
        replies = [self._send(request) for request in requests]
        if not any(expected.encode() in reply for reply in replies):
            raise RuntimeError(f"`{expected}` is not in the reply to {requests}: {replies[-1][:500]}")
        return sum(map(len, replies))

    def _send(self, request):
        body = None if request.body is None else json.dumps(request.body)
        headers = {"Content-Type": "application/json", "Connection": "close"}
        self.connection.request("GET" if body is None else "POST", request.path, body, headers)
        response = self.connection.getresponse()
        reply = response.read()
        if response.status != 200:
            raise RuntimeError(f"{response.status} to {request}: {reply[:500]}")
        return reply


def measure_over_http(server, requests, expected, seconds):
    """The timing of a question, and how many bytes answer it."""
    client = Client(server)
    size = client.ask(requests, expected)
    before = server.cpu_seconds()
    walls = repeat(lambda: client.ask(requests, expected), seconds)
    # `repeat` asked once more than it timed.
    cpu = (server.cpu_seconds() - before) * len(walls) / (len(walls) + 1)
    return Timing.of(walls, cpu), size


def measure_process(command, expected, environment, times):
    """The timing of a program from its start to its end, and its greatest memory in MiB."""
    runs = [run_once(command, environment) for _ in range(times + 1)][1:]
    for output, *_ in runs:
        if expected not in output:
            raise RuntimeError(f"`{expected}` is not in the output of {command}: {output[:500]}")
    return Timing.of([wall for _, wall, _, _ in runs], sum(cpu for _, _, cpu, _ in runs)), max(memory for *_, memory in runs)


def start_mlflow(uri, folder):
    """With as many workers as it starts of itself, four."""
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", uri]
    command += ["--artifacts-destination", str(Path(folder) / "artifacts"), "--host", "127.0.0.1", "--port", "0"]
    server = Server(command, folder, MLFLOW_ENVIRONMENT, r"Uvicorn running on http://127\.0\.0\.1:(\d+)")
    # It tells its port before a worker listens there.
    server.wait_until(lambda: socket.create_connection(("127.0.0.1", server.port), timeout=1).close())
    return server


def start_trialogue(program, uri, folder):
    # The server works in a folder of its own.
    command = [str(Path(program).resolve()), "serve", "--host", "127.0.0.1", "--port", "0", "--tracking-uri", uri]
    # One asks much more often than anybody may.
    return Server(command, folder, {"TRIALOGUE_REQUESTS_PER_MINUTE": "1000000", "TRIALOGUE_LOG": "warn"}, r"http://127\.0\.0\.1:(\d+)")


def offers(program, command):
    """Whether the program has a command of that name; it need not have all of them for the others to be measured."""
    if program is None:
        return False
    usage = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    return any(line.split()[:1] == [command] for line in usage.splitlines())


def best_run(store):
    with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as database:
        of_experiment = "SELECT run_uuid FROM latest_metrics JOIN runs USING (run_uuid) WHERE key = 'f1_score' AND experiment_id = ?"
        return database.execute(f"{of_experiment} ORDER BY value DESC LIMIT 1", [MANY_RUNS]).fetchone()[0]


def analyze(store):
    with contextlib.closing(sqlite3.connect(store)) as database:
        database.execute("ANALYZE")


def three_digits(number):
    """`1,234`, `12.3`, `0.123`: never an exponent."""
    decimals = max(0, 2 - math.floor(math.log10(number))) if number > 0 else 0
    return f"{number:,.{decimals}f}"


def show(timing):
    if timing is None:
        return "–"
    cpu = "" if timing.cpu is None else f", cpu {three_digits(timing.cpu)}"
    return f"{three_digits(timing.median)} ({three_digits(timing.least)}–{three_digits(timing.most)}{cpu}, n {timing.times})"


def ratio(slow, quick):
    """By how much the second is quicker, by the wall and, where both counts are fine enough to mean something, by the processor."""
    if slow is None or quick is None:
        return "–"
    by_cpu = f" / {three_digits(slow.cpu / quick.cpu)}" if slow.cpu and quick.cpu else ""
    return f"{three_digits(slow.median / quick.median)}{by_cpu}"


def print_table(head, rows):
    for row in [head, ["---"] * len(head), *rows]:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def print_machine(program):
    models = re.findall(r"^model name\s*: (.*)", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    model = models[0] if models else "unknown processor"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    commit = subprocess.run(["git", "-C", HERE, "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
    print(f"* machine: {model}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release()}")
    print(f"* load at the start {os.getloadavg()[0]:.1f}")
    print(f"* MLflow {version('mlflow')}, SQLAlchemy {version('sqlalchemy')}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    print(f"* Trialogue {commit or 'outside a repository'}: {program or 'not measured'}")
    print("* milliseconds: median (least–most, mean processor time of the server, n times); ratios: wall / processor\n", flush=True)


def measure_library(asked, program, store, seconds):
    """The timing of each question in one process, by questions.rs, without HTTP and without a start."""
    if program is None:
        return {}
    return {name: timing for name, (timing, _) in measure_in_process(asked, str(store), store.parent, seconds).items()}


def measure_in_process(asked, store, folder, seconds):
    """The timing of each question and the bytes of its answer, by questions.rs; `store` is a file or the address of a server."""
    questions = Path(folder) / "questions.json"
    questions.write_text(json.dumps([dataclasses.asdict(question) for question in asked]))
    command = ["cargo", "bench", "--locked", "--quiet", "--bench", "questions", "--", store, str(questions), str(seconds)]
    return timings_of(command)


def timings_of(command, environment=None):
    """The timing of each question and the bytes of its answer, from a program that prints a line of JSON for each."""
    environment = os.environ | (environment or {})
    output = subprocess.run(command, cwd=HERE.parent, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
    found = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return {
        line["question"]: (Timing(line["times"], line["median_ms"], line["least_ms"], line["most_ms"], line.get("cpu_ms")), line["bytes"])
        for line in found
    }


def print_questions(title, asked, mlflow, trialogue, program, store, seconds):
    """Both servers over HTTP, turn by turn; Trialogue's tools without HTTP; and the program from its start to its end."""
    rows = []
    library = measure_library(asked, program, store, seconds)
    for question in asked:
        theirs, their_bytes = measure_over_http(mlflow, question.mlflow, question.answer, seconds)
        ours, our_bytes = measure_over_http(trialogue, question.rest, question.answer, seconds) if trialogue else (None, 0)
        whole = None
        if offers(program, "call"):
            command = [program, "call", question.tool, "--json", json.dumps(question.arguments), "--tracking-uri", f"sqlite:///{store}"]
            whole, _ = measure_process(command, question.answer, {}, times=5)
        inside = library.get(question.name)
        size = f"{their_bytes:,} / {our_bytes:,}" if trialogue else f"{their_bytes:,}"
        rows.append([question.name, show(theirs), show(ours), ratio(theirs, ours), show(inside), ratio(theirs, inside), show(whole), size])
    print(f"### {title}\n")
    head = ["question", "MLflow server", "Trialogue server", "ratio", "tools without HTTP", "ratio", "`trialogue call`, start to end", "bytes"]
    print_table(head, rows)


def print_first_answers(mlflow_seconds, trialogue_seconds, program, store, expected):
    """From nothing running to an answer; each server was started once."""
    rows = [["`mlflow server`, to 3 runs compared over REST", f"{three_digits(1000 * mlflow_seconds)} (n 1)", "–"]]
    if trialogue_seconds:
        rows.append(["`trialogue serve`, to 3 runs compared over REST", f"{three_digits(1000 * trialogue_seconds)} (n 1)", "–"])

    def add(name, command, answer, environment, times):
        timing, memory = measure_process(command, answer, environment, times)
        rows.append([name, show(timing), f"{memory:.0f}"])

    uri = f"sqlite:///{store}"
    library = [sys.executable, "-c", MLFLOW_LIBRARY, uri, MANY_RUNS]
    add("MLflow's Python library, the best run of 10,000", library, expected, MLFLOW_ENVIRONMENT, 5)
    if offers(program, "call"):
        arguments = json.dumps({"experiment": MANY_RUNS, "metric": "f1_score"})
        call = [program, "call", "best_run", "--json", arguments, "--tracking-uri", uri]
        add("`trialogue call best_run`, of 10,000", call, expected, {}, 20)
    if offers(program, "ask"):
        add("`trialogue ask --demo`, in words", [program, "ask", "--demo", "Which run had the highest F1 score?"], "0.912", {}, 20)
    print("### Start to first answer, after `ANALYZE`\n")
    print_table(["program", "ms", "greatest resident MiB"], rows)


def measure(program, original, seconds):
    with tempfile.TemporaryDirectory(prefix="trialogue-bench-") as folder:
        store = Path(folder) / "store.db"
        shutil.copyfile(original, store)
        expected = best_run(store)
        asked = questions(expected)
        comparison = asked[-1]
        with contextlib.ExitStack() as servers:
            started = time.perf_counter()
            mlflow = servers.enter_context(start_mlflow(f"sqlite:///{store}", folder))
            mlflow_idle = mlflow.memory_mib()
            Client(mlflow).ask(comparison.mlflow, comparison.answer)
            mlflow_first = time.perf_counter() - started
            trialogue, trialogue_idle, trialogue_first = None, None, None
            if offers(program, "serve"):
                started = time.perf_counter()
                trialogue = servers.enter_context(start_trialogue(program, f"sqlite:///{store}", folder))
                trialogue_idle = trialogue.memory_mib()
                Client(trialogue).ask(comparison.rest, comparison.answer)
                trialogue_first = time.perf_counter() - started
            print_questions("The file as MLflow makes it", asked, mlflow, trialogue, program, store, seconds)
            analyze(store)
            print_questions("The same file after `ANALYZE`", asked, mlflow, trialogue, program, store, seconds)
            print_first_answers(mlflow_first, trialogue_first, program, store, expected)
            memory = [["MLflow server, 1 worker, job execution off", f"{mlflow_idle:.0f}", f"{mlflow.memory_mib():.0f}"]]
            if trialogue:
                memory.append(["Trialogue server", f"{trialogue_idle:.0f}", f"{trialogue.memory_mib():.0f}"])
        print("### Resident memory, MiB\n")
        print_table(["server", "idle after its start", "idle after all questions"], memory)
        print(f"load at the end {os.getloadavg()[0]:.1f}")


def end(*_):
    """Leaves by the way that stops the servers and removes the copy."""
    raise SystemExit("ended before its time")


def main():
    signal.signal(signal.SIGTERM, end)
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("program", nargs="?", help="the release program")
    arguments.add_argument("--store", required=True, type=Path, help="what make_store.py made; it is copied, not touched")
    arguments.add_argument("--seconds", type=float, default=6.0, help="about how long each question is asked of each program")
    given = arguments.parse_args()
    print_machine(given.program)
    measure(given.program, given.store.resolve(), given.seconds)


if __name__ == "__main__":
    main()
