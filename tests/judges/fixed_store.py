"""Stores that are the same whenever they are written: MLflow's client with seeded ids, times as texts, creation times set behind its back."""

import datetime
import logging
import os
import random
import sqlite3
import uuid

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
logging.disable(logging.WARNING)
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
