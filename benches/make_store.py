"""Makes the tracking store that the benchmarks ask: MLflow's own schema, filled by SQL because logging it would take hours.

    python make_store.py STORE.db

Run it with a Python that has MLflow; the schema is the one of that MLflow. The same every time. Content:

* `bench-10k`: 10,000 runs with 20 parameters, 30 metrics of one point each and 3 tags, every 50th failed
* `churn-prediction-q1`: 24 runs, `run-001` to `run-024`, with 4 metrics of 31 points; `run-017` is the best
* `long-history`: the runs `hist-1k`, `hist-100k` and `hist-1m`, with that many points of `training_loss`

The file has no statistics (`ANALYZE`), as every file that MLflow makes.
"""

import contextlib
import math
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

STARTED = 1_736_899_200_000  # 2025-01-15, in milliseconds
ALGORITHMS = ["xgboost", "lightgbm", "random_forest", "logreg"]
INSERTS = {
    "experiments": "experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time",
    "experiment_tags": "key, value, experiment_id",
    "runs": "run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,"
    " source_version, lifecycle_stage, artifact_uri, experiment_id",
    "params": "key, value, run_uuid",
    "tags": "key, value, run_uuid",
    "latest_metrics": "key, value, timestamp, step, is_nan, run_uuid",
    "metrics": "key, value, timestamp, step, is_nan, run_uuid",
}


def run_id(letter, number):
    """32 hexadecimal digits, as MLflow's."""
    return f"{letter}{number:031x}"


class Filler:
    """Writes rows as MLflow would."""

    def __init__(self, database):
        self.database = database

    def insert(self, table, rows):
        marks = ", ".join("?" * (INSERTS[table].count(",") + 1))
        self.database.executemany(f"INSERT INTO {table} ({INSERTS[table]}) VALUES ({marks})", rows)

    def experiment(self, number, name, created, tags):
        self.insert("experiments", [(number, name, f"mlflow-artifacts:/{number}", "active", created, created)])
        self.insert("experiment_tags", [(key, value, number) for key, value in tags.items()])

    def run(self, run, name, experiment, started, ended, params, histories, status="FINISHED"):
        """`histories` has the points of each metric as (step, timestamp, value); the last is the latest."""
        artifacts = f"mlflow-artifacts:/{experiment}/{run}/artifacts"
        self.insert("runs", [(run, name, "UNKNOWN", "", "", "tester", status, started, ended, "", "active", artifacts, experiment)])
        tags = {"mlflow.runName": name, "mlflow.user": "tester", "mlflow.source.type": "LOCAL"}
        self.insert("tags", [(key, value, run) for key, value in tags.items()])
        self.insert("params", [(key, str(value), run) for key, value in params.items()])
        for key, points in histories.items():
            self.insert("metrics", ((key, value, timestamp, step, 0, run) for step, timestamp, value in points))
            step, timestamp, value = points[-1]
            self.insert("latest_metrics", [(key, value, timestamp, step, 0, run)])


def fill_many_runs(filler, dice):
    filler.experiment(1, "bench-10k", STARTED, {"project": "bench"})
    for number in range(10_000):
        started = STARTED + number * 60_000
        learning_rate = 10 ** dice.uniform(-4, -0.5)
        estimators = dice.choice([50, 100, 200, 400, 800])
        score = 0.7 + 0.08 * math.log10(estimators / 50) - 0.03 * abs(math.log10(learning_rate) + 1.6) + dice.gauss(0, 0.02)
        params = {
            "algorithm": ALGORITHMS[number % 4],
            "learning_rate": round(learning_rate, 6),
            "n_estimators": estimators,
            "max_depth": dice.randint(3, 12),
        }
        params |= {f"param_{index:02d}": round(dice.random(), 4) for index in range(16)}
        metrics = {"f1_score": score, "accuracy": score + 0.04, "auc_roc": score + 0.05, "training_loss": 1 - score}
        metrics |= {f"metric_{index:02d}": dice.random() for index in range(26)}
        histories = {key: [(0, started, value)] for key, value in metrics.items()}
        status = "FAILED" if number % 50 == 49 else "FINISHED"
        ended = started + dice.randint(60_000, 900_000)
        filler.run(run_id("a", number), f"trial-{number:05d}", 1, started, ended, params, histories, status)


def fill_churn(filler, dice):
    tags = {"project": "customer-retention", "team": "data-science"}
    tags["mlflow.note.content"] = "Customer churn prediction experiments for Q1 2025"
    filler.experiment(2, "churn-prediction-q1", STARTED + 28_800_000, tags)
    for number in range(1, 25):
        started = STARTED + number * 86_400_000
        score = 0.912 if number == 17 else 0.80 + 0.1 * dice.random()
        loss = 0.082 if number == 17 else 1 - score
        params = {
            "algorithm": ALGORITHMS[number % 4],
            "n_estimators": 50 * (1 + number % 6),
            "learning_rate": round(0.01 * (1 + number % 9), 3),
            "max_depth": 3 + number % 7,
        }
        times = [(step, started + step * 6_000) for step in range(31)]
        rising = [(step, time, 1 - math.exp(-(step + 1) / 8) if step < 30 else 1.0) for step, time in times]
        falling = [(step, time, math.exp(-step / 9) if step < 30 else 0.0) for step, time in times]
        finals = {"f1_score": score, "accuracy": score + 0.038, "auc_roc": score + 0.05}
        histories = {key: [(step, time, final * share) for step, time, share in rising] for key, final in finals.items()}
        histories["training_loss"] = [(step, time, loss + (0.693 - loss) * share) for step, time, share in falling]
        filler.run(run_id("b", number), f"run-{number:03d}", 2, started, started + 342_000, params, histories)


def fill_long_histories(filler, dice):
    filler.experiment(3, "long-history", STARTED, {})
    for letter, name, length in [("c", "hist-1k", 1_000), ("d", "hist-100k", 100_000), ("e", "hist-1m", 1_000_000)]:
        points = [(step, STARTED + step * 100, 0.693 * math.exp(-5 * step / length) + dice.gauss(0, 0.01)) for step in range(length)]
        filler.run(run_id(letter, length), name, 3, STARTED, STARTED + length * 100, {"n_points": length}, {"training_loss": points})


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = Path(sys.argv[1]).resolve()
    if target.exists():
        sys.exit(f"error: `{target}` is there already")
    subprocess.run([sys.executable, "-m", "mlflow", "db", "upgrade", f"sqlite:///{target}"], check=True)
    dice = random.Random(7)
    with contextlib.closing(sqlite3.connect(target)) as database:
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA cache_size = -400000")
        filler = Filler(database)
        for fill in (fill_many_runs, fill_churn, fill_long_histories):
            fill(filler, dice)
        database.commit()


if __name__ == "__main__":
    main()
