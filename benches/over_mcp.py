"""Asks three MCP servers the same over one store, through the same client, and prints what they took as Markdown.

    python over_mcp.py TRIALOGUE --store STORE.db --peer PYTHON [--seconds 5]

The servers are Trialogue, mlflow-mcp and MLflow's own, each over stdio and over the SQLite file (a copy, after `ANALYZE`). PYTHON has `mcp`, mlflow-mcp
and MLflow with its server; best through `run.sh --mcp`. A cell is empty where a server has no such operation. All bytes that cross the pipe count,
also the chart that Trialogue's results have beside what a model reads.
"""

import argparse
import json
import os
import shutil
import signal
import tempfile
from pathlib import Path

from measure import HERE, MLFLOW_ENVIRONMENT, analyze, best_run, end, print_machine, print_table, ratio, show, timings_of
from make_store import run_id
from questions import CHURN, COMPARED, MANY_RUNS


def calls(best):
    """Each question with Trialogue's call and that of mlflow-mcp; MLflow's own server has none of these."""
    questions = [
        ("best run of 10,000", best, ("best_run", {"experiment": MANY_RUNS, "metric": "f1_score"}),
         ("get_best_run", {"experiment_id": MANY_RUNS, "metric": "f1_score"})),
        ("compare 3 runs", "0.912", ("compare_runs", {"experiment": CHURN, "run_ids": COMPARED}),
         ("compare_runs", {"experiment_id": CHURN, "run_ids": COMPARED})),
    ]
    for letter, length in [("c", 1_000), ("d", 100_000), ("e", 1_000_000)]:
        run = run_id(letter, length)
        # mlflow-mcp sends every point: a million of them is more than anybody waits for.
        theirs = ("get_run_metric", {"run_id": run, "metric_name": "training_loss"}) if length <= 100_000 else None
        ours = ("metric_history", {"run_ids": [run], "metrics": ["training_loss"]})
        questions.append((f"history of {length:,} points", str(length - 1), ours, theirs))
    return questions


def measure(python, command, asked, folder, seconds, environment):
    """The timing and the bytes of each question, by mcp_client.py."""
    file = Path(folder) / "calls.json"
    file.write_text(json.dumps([{"name": name, "answer": answer, "tool": call[0], "arguments": call[1]} for name, answer, call in asked]))
    client = [python, str(HERE / "mcp_client.py"), str(file), str(seconds), *command]
    return timings_of(client, environment)


def main():
    signal.signal(signal.SIGTERM, end)
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("program", help="the release program")
    arguments.add_argument("--store", required=True, type=Path, help="what make_store.py made; it is copied, not touched")
    arguments.add_argument("--peer", required=True, help="a Python that has mcp, mlflow-mcp and MLflow's own server")
    arguments.add_argument("--seconds", type=float, default=5.0, help="about how long each question is asked")
    given = arguments.parse_args()
    print_machine(given.program)
    with tempfile.TemporaryDirectory(prefix="trialogue-bench-") as folder:
        store = Path(folder) / "store.db"
        shutil.copyfile(given.store.resolve(), store)
        analyze(store)
        uri = f"sqlite:///{store}"
        questions = calls(best_run(store))
        environment = MLFLOW_ENVIRONMENT | {"MLFLOW_TRACKING_URI": uri}
        program = [str(Path(given.program).resolve()), "mcp", "--tracking-uri", uri]
        ours = measure(given.peer, program, [(name, answer, call) for name, answer, call, _ in questions], folder, given.seconds, environment)
        theirs = [(name, answer, call) for name, answer, _, call in questions if call]
        peer = measure(given.peer, [given.peer, "-m", "mlflow_mcp"], theirs, folder, given.seconds, environment)
        own = measure(given.peer, [given.peer, "-m", "mlflow", "mcp", "run"], [], folder, given.seconds, environment)
    rows = []
    for name in ours:
        found = [answers.get(name) for answers in (ours, peer, own)]
        shown = [show(one[0]) if one else "–" for one in found]
        sizes = [f"{one[1]:,}" if one and one[1] else "–" for one in found]
        rows.append([name, *shown, *[ratio(one[0], found[0][0]) if one else "–" for one in found[1:]], " / ".join(sizes)])
    print(f"### Over stdio, the file after `ANALYZE`, load {os.getloadavg()[0]:.1f}\n")
    head = ["question", "Trialogue", "mlflow-mcp", "MLflow's own", "mlflow-mcp to Trialogue", "MLflow's own to Trialogue", "bytes of the three"]
    print_table(head, rows)


if __name__ == "__main__":
    main()
