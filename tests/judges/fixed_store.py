"""Stores that are the same whenever they are written: MLflow's client with seeded ids, times as texts, creation times set behind its back."""

import datetime
import logging
import math
import os
import random
import sqlite3
import uuid

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
logging.disable(logging.WARNING)
from mlflow.entities import Metric, Param
from mlflow.tracking import MlflowClient


def opened(path, seed):
    """A client of a new store, and the source of chance from which its run ids come."""
    path.unlink(missing_ok=True)
    chance = random.Random(seed)
    uuid.uuid4 = lambda: uuid.UUID(int=chance.getrandbits(128), version=4)
    return MlflowClient(f"sqlite:///{path}"), chance


def at(text):
    """Milliseconds of `2025-06-16T09:30`, UTC."""
    return int(datetime.datetime.fromisoformat(text + "+00:00").timestamp() * 1000)


def date_experiments(path, created):
    """Sets when experiments were created, by their ids: the client takes no such time."""
    with sqlite3.connect(path) as db:
        for experiment, when in created.items():
            db.execute("update experiments set creation_time=?, last_update_time=? where experiment_id=?", (when, when, int(experiment)))


def curve(first, last, steps, draw):
    """From `first` to exactly `last`, fastest at the beginning; one that ends in NaN stays where it is and is NaN for its last third."""
    for i in range(steps):
        if math.isnan(last):
            yield round(first * (1 + draw.uniform(-0.02, 0.05)), 5) if i < steps * 2 // 3 else math.nan
        elif i in (0, steps - 1):
            yield first if i == 0 else last
        else:
            share = (math.exp(-5 * i / (steps - 1)) - math.exp(-5)) / (1 - math.exp(-5))
            yield round(last + (first - last) * share + draw.gauss(0, abs(first - last) * 0.01), 5)


def write(path, seed, default_created, studies, keys=str.split):
    """Writes a store of `studies`; `keys` splits the texts in which a study lists its parameters and metrics. A run whose status is `DELETED`
    is deleted, a value that is None was not logged."""
    client, draw = opened(path, seed)
    created = {"0": at(default_created)}
    for study in studies:
        experiment = client.create_experiment(study["name"], tags={**study["tags"], "mlflow.note.content": study["note"]})
        created[experiment] = at(study["created"])
        for name, user, start, minutes, status, params, metrics in study["rows"]:
            begin, span = at(start), (minutes or 90) * 60_000
            tags = {"mlflow.user": user, "mlflow.source.name": study["script"], "mlflow.source.type": "LOCAL", **study["labels"].get(name, {})}
            run = client.create_run(experiment, start_time=begin, run_name=name, tags=tags).info.run_id
            points = []
            for key, value in zip(keys(study["metrics"]), metrics, strict=True):
                if value is None:
                    continue
                first, steps, gap = study["curves"].get(key, (value, 1, 1))
                for i, each in enumerate(curve(first, value, steps, draw) if steps > 1 else [value]):
                    points.append(Metric(key, each, begin + span * (i + 1) // (steps + 1), i * gap))
            logged = [Param(key, str(value)) for key, value in zip(keys(study["params"]), params, strict=True) if value is not None]
            client.log_batch(run, metrics=points, params=logged)
            if status != "RUNNING":
                client.set_terminated(run, status="FINISHED" if status == "DELETED" else status, end_time=begin + span)
            if status == "DELETED":
                client.delete_run(run)
        if study.get("deleted"):
            client.delete_experiment(experiment)
    date_experiments(path, created)
    print(path)
