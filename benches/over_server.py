"""Asks MLflow's server the same questions in three ways and prints what they took as Markdown: by the bare REST calls that an answer needs,
by Trialogue's tools in one process, and by mlflow-mcp through a client of its protocol.

    python over_server.py --store STORE.db --peer PYTHON [--postgres PROGRAMS] [--seconds 6]

Run it with a Python that has MLflow, best through `run.sh --server`; the peer's Python has mlflow-mcp and `mcp`. The server reads one copy of the
file, which is thrown away at the end: as MLflow makes it, after `ANALYZE`, and copied into PostgreSQL. All reads come from the page cache.
"""

import argparse
import dataclasses
import json
import os
import shutil
import signal
import tempfile
from pathlib import Path

from measure import (
    HERE, MLFLOW_ENVIRONMENT, analyze, best_run, end, measure_in_process, measure_over_http, print_machine, print_table, ratio, show,
    start_mlflow, timings_of,
)
from postgres import Postgres
from questions import questions_over_a_server


def measure_peer(asked, uri, python, folder, seconds):
    """The timing of each question and the bytes of its answer, by mlflow-mcp over stdio."""
    questions = Path(folder) / "peer.json"
    questions.write_text(json.dumps([dataclasses.asdict(question) for question in asked]))
    command = [python, str(HERE / "mcp_peer.py"), uri, str(questions), str(seconds)]
    return timings_of(command, MLFLOW_ENVIRONMENT)


def print_answers(title, asked, server, peer, folder, seconds):
    uri = f"http://127.0.0.1:{server.port}"
    bare = {question.name: measure_over_http(server, question.mlflow, question.answer, seconds) for question in asked}
    ours = measure_in_process(asked, uri, folder, seconds)
    theirs = measure_peer(asked, uri, peer, folder, seconds)
    rows = []
    for question in asked:
        (calls, sent), (tool, told), (other, text) = bare[question.name], ours[question.name], theirs[question.name]
        # Only the wall: the processor of the first is the server's, of the second the tool's.
        walls = [dataclasses.replace(timing, cpu=None) for timing in (calls, tool, other)]
        calls, tool, other = walls
        times = [ratio(tool, calls), ratio(other, tool)]
        rows.append([question.name, show(calls), show(tool), show(other), *times, f"{sent:,} / {told:,} / {text:,}"])
    print(f"### {title}, load {os.getloadavg()[0]:.1f}\n")
    head = ["question", "bare calls", "Trialogue's tool", "mlflow-mcp", "tool to bare calls", "mlflow-mcp to tool", "bytes of the three"]
    print_table(head, rows)


def main():
    signal.signal(signal.SIGTERM, end)
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--store", required=True, type=Path, help="what make_store.py made; it is copied, not touched")
    arguments.add_argument("--peer", required=True, help="a Python that has mlflow-mcp and mcp")
    arguments.add_argument("--postgres", help="the folder of PostgreSQL's programs; without it, only SQLite is measured")
    arguments.add_argument("--seconds", type=float, default=6.0, help="about how long each question is asked in each way")
    given = arguments.parse_args()
    print_machine("its tools in one process")
    with tempfile.TemporaryDirectory(prefix="trialogue-bench-") as folder:
        store = Path(folder) / "store.db"
        shutil.copyfile(given.store.resolve(), store)
        asked = questions_over_a_server(best_run(store))
        with start_mlflow(f"sqlite:///{store}", folder) as server:
            print_answers("MLflow's server over the file as MLflow makes it", asked, server, given.peer, folder, given.seconds)
            analyze(store)
            print_answers("Over the same file after `ANALYZE`", asked, server, given.peer, folder, given.seconds)
        if given.postgres:
            with Postgres(given.postgres, folder) as postgres:
                postgres.fill(store)
                with start_mlflow(postgres.uri, folder) as server:
                    print_answers("Over PostgreSQL 15", asked, server, given.peer, folder, given.seconds)


if __name__ == "__main__":
    main()
