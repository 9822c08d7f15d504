"""Asks two servers the same over HTTP, MLflow's and Trialogue's, and prints what wall and processor each took as Markdown.

    python over_http.py TRIALOGUE --store STORE.db --postgres FOLDER [--seconds 6]

Three comparisons of equal work, whole runs and whole points: Trialogue natively over an SQLite file beside MLflow's server over the same file
(after `ANALYZE`) and over PostgreSQL with the same data; and Trialogue over MLflow's server as its store, beside the bare calls to that
server. TRIALOGUE is the release program, FOLDER has PostgreSQL's programs. Run it with a Python that has MLflow, best through `run.sh --http`.
"""

import argparse
import contextlib
import os
import shutil
import signal
import tempfile
from pathlib import Path

from measure import (
    Timing, analyze, best_run, end, measure_over_http, print_machine, print_table, ratio, show, start_mlflow,
    start_trialogue, three_digits,
)
from postgres import Postgres
from questions import questions_over_http


def measure(servers, requests, question, seconds):
    """The timing of one server, with the processor of those that work for it, and how many bytes it sent."""
    before = sum(server.cpu_seconds() for server in servers[1:])
    timing, size = measure_over_http(servers[0], requests, question.answer, seconds)
    others = sum(server.cpu_seconds() for server in servers[1:]) - before
    return Timing(timing.times, timing.median, timing.least, timing.most, timing.cpu + 1000 * others / (timing.times + 1)), size


def print_natively(title, asked, mlflow, trialogue, seconds):
    """`mlflow` is the server and what works for it."""
    rows = []
    for question in asked:
        theirs, their_bytes = measure(mlflow, question.mlflow, question, seconds)
        ours, our_bytes = measure([trialogue], question.rest, question, seconds)
        rows.append([question.name, show(theirs), show(ours), ratio(theirs, ours), f"{their_bytes:,} / {our_bytes:,}"])
    print(f"### {title}, load {os.getloadavg()[0]:.1f}\n")
    print_table(["question", "MLflow server", "Trialogue over the file", "ratio wall / processor", "bytes"], rows)


def print_over_the_server(title, asked, mlflow, trialogue, seconds):
    rows = []
    for question in asked:
        bare, their_bytes = measure_over_http(mlflow, question.mlflow, question.answer, seconds)
        ours, our_bytes = measure_over_http(trialogue, question.rest, question.answer, seconds)
        allowed = 1.3 * bare.median + 2
        within = "yes" if ours.median <= allowed else "no"
        cells = [show(bare), show(ours), f"{three_digits(ours.median / bare.median)}", f"{three_digits(allowed)}: {within}"]
        rows.append([question.name, *cells, f"{their_bytes:,} / {our_bytes:,}"])
    print(f"### {title}, load {os.getloadavg()[0]:.1f}\n")
    head = ["question", "bare calls", "Trialogue over that server", "ratio", "1.3 times and 2 ms", "bytes"]
    print_table(head, rows)


def main():
    signal.signal(signal.SIGTERM, end)
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("program", help="the release program")
    arguments.add_argument("--store", required=True, type=Path, help="what make_store.py made; it is copied, not touched")
    arguments.add_argument("--postgres", required=True, type=Path, help="the folder of PostgreSQL's programs")
    arguments.add_argument("--seconds", type=float, default=6.0, help="about how long each question is asked of each program")
    given = arguments.parse_args()
    print_machine(given.program)
    with tempfile.TemporaryDirectory(prefix="trialogue-bench-") as folder, contextlib.ExitStack() as running:
        store = Path(folder) / "store.db"
        shutil.copyfile(given.store.resolve(), store)
        analyze(store)
        asked = questions_over_http(best_run(store))
        natively = running.enter_context(start_trialogue(given.program, f"sqlite:///{store}", folder))
        mlflow = running.enter_context(start_mlflow(f"sqlite:///{store}", folder))
        print_natively("MLflow's server over the same SQLite file after `ANALYZE`", asked, [mlflow], natively, given.seconds)
        over = running.enter_context(start_trialogue(given.program, f"http://127.0.0.1:{mlflow.port}", folder))
        print_over_the_server("Over MLflow's server on SQLite after `ANALYZE`", asked, mlflow, over, given.seconds)
        postgres = running.enter_context(Postgres(given.postgres, folder))
        postgres.fill(store)
        of_postgres = running.enter_context(start_mlflow(postgres.uri, folder))
        print_natively("MLflow's server over PostgreSQL", asked, [of_postgres, postgres.server], natively, given.seconds)
        over = running.enter_context(start_trialogue(given.program, f"http://127.0.0.1:{of_postgres.port}", folder))
        print_over_the_server("Over MLflow's server on PostgreSQL", asked, of_postgres, over, given.seconds)


if __name__ == "__main__":
    main()
