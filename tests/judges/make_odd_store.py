#!/usr/bin/env python3
"""Write a small MLflow SQLite store with odd names, always the same content.

    python make_odd_store.py odd.db

Everything goes through MLflow's own client. Times, values and ids are fixed, so two
stores written with one MLflow version answer every question alike. The store holds
spaces, slashes, dots, equals signs and non-ASCII letters in names, near-namesakes,
ties, NaN, missing metrics, deleted runs and experiments, and runs of every status.
"""

import argparse
import datetime
import logging
import math
import os
import pathlib
import random
import sys
import uuid

for quiet in ("MLFLOW_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
    os.environ.setdefault(quiet, "true")

from mlflow.entities import Metric, Param, RunTag
from mlflow.store.tracking import sqlalchemy_store
from mlflow.tracking import MlflowClient

NAN = float("nan")
UTC = datetime.timezone.utc


def ms(text):
    """Milliseconds of `2025-06-16 09:30`, UTC."""
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


class SeededUuid:
    """Stands in for the `uuid` module where MLflow draws run ids, so that ids repeat."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def __getattr__(self, name):
        return getattr(uuid, name)

    def uuid4(self):
        return uuid.UUID(int=self._random.getrandbits(128), version=4)


class Clock:
    """Stands in for MLflow's clock where it stamps experiments."""

    def __init__(self, start):
        self.now = start

    def __call__(self):
        self.now += 60_000
        return self.now


def approach(start, end, steps, rng, wobble):
    """A curve from `start` to exactly `end`, flattening out, with a little noise; one that
    ends in NaN climbs and is NaN for its last quarter."""
    if math.isnan(end):
        return [NAN if step >= steps * 3 // 4 else start * (1 + 0.1 * step) for step in range(steps)]
    values = []
    for step in range(steps):
        share = step / (steps - 1)
        ease = 1 - math.exp(-4 * share)
        full = 1 - math.exp(-4)
        value = start + (end - start) * ease / full
        values.append(value + rng.uniform(-wobble, wobble) * (1 - share))
    values[-1] = end
    return values


class Store:
    def __init__(self, path):
        self.clock = Clock(ms("2024-10-01 08:00"))
        sqlalchemy_store.uuid = SeededUuid(2024)
        sqlalchemy_store.get_current_time_millis = self.clock
        self.client = MlflowClient(tracking_uri=f"sqlite:///{path}")
        self.rng = random.Random(7)
        self.runs = 0

    def experiment(self, name, created, tags, description=None):
        self.clock.now = ms(created)
        tags = dict(tags)
        if description:
            tags["mlflow.note.content"] = description
        return self.client.create_experiment(
            name, artifact_location=f"mlflow-artifacts:/{self.clock.now}", tags=tags
        )

    def run(
        self,
        experiment,
        name,
        start,
        *,
        minutes=None,
        status="FINISHED",
        user="nobody",
        params=(),
        tags=(),
        curves=(),
        latest=(),
        steps=0,
        deleted=False,
    ):
        """One run. `curves` maps a metric to (first, last) or (first, last, wobble) over `steps`
        steps; `latest` maps a metric to its one value; `minutes` is how long it took."""
        began = ms(start)
        run = self.client.create_run(
            experiment,
            start_time=began,
            run_name=name,
            tags={"mlflow.user": user, "mlflow.source.name": "train.py", "mlflow.source.type": "LOCAL"},
        )
        identity = run.info.run_id
        lasting = int((minutes or 30) * 60_000)
        points = []
        for key, shape in dict(curves).items():
            first, last, *rest = shape
            series = approach(first, last, steps, self.rng, rest[0] if rest else 0.02)
            gap = max(1, lasting // steps)
            points += [
                Metric(key, round(value, 6) if step < steps - 1 else value, began + gap * (step + 1), step)
                for step, value in enumerate(series)
            ]
        for key, value in dict(latest).items():
            points.append(Metric(key, value, began + lasting, max(steps - 1, 0)))
        self.client.log_batch(
            identity,
            params=[Param(key, str(value)) for key, value in dict(params).items()],
            tags=[RunTag(key, value) for key, value in dict(tags).items()],
        )
        for at in range(0, len(points), 1000):
            self.client.log_batch(identity, metrics=points[at : at + 1000])
        if status == "SCHEDULED":
            self.client.update_run(identity, status=status)
        elif status != "RUNNING":
            self.client.set_terminated(identity, status=status, end_time=began + lasting)
        if deleted:
            self.client.delete_run(identity)
        self.runs += 1
        return identity


def neuro(store):
    """Segmentation: a sweep whose numbers invite mix-ups, lower-is-better beside higher-is-better."""
    experiment = store.experiment(
        "Neuro Segmentation (2024)",
        "2024-11-01 09:00",
        {"owner": "priya", "phase": "final", "modality": "MRI", "trialogue.primary_metric": "Dice score"},
        "Brain lesion masks from three scanners",
    )
    table = [
        # name, day, user, phase, encoder.depth, drop path, opt, wd, batch, backbone, Dice, hausdorff, mIoU, train, val, steps, minutes, status
        ("baseline", "2024-11-04", "priya", "pilot", 3, 0.0, "sgd", 0.0, 8, "unet", 0.8021, 14.82, 0.7105, 0.3122, 0.3391, 80, 95, "FINISHED"),
        ("sweep-1", "2024-11-11", "priya", "pilot", 3, 0.1, "adamw", 0.01, 8, "unet", 0.8187, 13.47, 0.7263, 0.2874, 0.3127, 80, 98, "FINISHED"),
        ("sweep-2", "2024-11-18", "tomasz", "pilot", 4, 0.1, "adamw", 0.01, 8, "unet", 0.8445, 11.96, 0.7518, 0.2519, 0.2862, 80, 121, "FINISHED"),
        ("sweep-3", "2024-11-25", "tomasz", "pilot", 5, 0.1, "adamw", 0.05, 16, "swin", 0.8793, 9.41, 0.8044, 0.2038, 0.2417, 120, 164, "FINISHED"),
        ("sweep-4", "2024-12-02", "tomasz", "pilot", 6, 0.2, "adamw", 0.05, 32, "swin", None, None, None, 0.8457, 0.8912, 21, 12, "FAILED"),
        ("sweep-5", "2024-12-09", "priya", "pilot", 5, 0.2, "sgd", 0.05, 16, "swin", 0.8612, NAN, 0.7731, 0.2263, 0.2655, 120, 158, "FINISHED"),
        ("sweep-6", "2024-12-16", "priya", "final", 4, 0.2, "lion", 0.05, 16, "convnext", 0.8701, 10.03, 0.7862, 0.2157, 0.2528, 120, 149, "FINISHED"),
        ("sweep-7", "2025-01-07", "tomasz", "final", 6, 0.1, "adamw", 0.05, 16, "convnext", 0.9134, 7.15, 0.8389, 0.1574, 0.2083, 160, 233, "FINISHED"),
        ("sweep-8", "2025-01-13", "tomasz", "final", 6, 0.3, "adamw", 0.1, 16, "convnext", 0.8958, 8.02, 0.8171, 0.1746, 0.2204, 160, 229, "FINISHED"),
        ("sweep-9", "2025-01-20", "priya", "final", 7, 0.3, "lion", 0.1, 32, "convnext", 0.7416, 19.37, 0.6322, 0.3908, 0.4276, 44, 61, "KILLED"),
        ("sweep-10", "2025-01-27", "priya", "final", 6, 0.2, "lion", 0.05, 16, "swin", 0.9027, 6.88, 0.8236, 0.1689, 0.2131, 160, 241, "FINISHED"),
        ("sweep-11", "2025-02-03", "tomasz", "final", 5, 0.1, "adamw", 0.01, 16, "swin", 0.8866, 8.79, 0.8109, 0.1922, 0.2301, 160, 205, "FINISHED"),
        ("sweep-12", "2025-02-10", "tomasz", "final", 5, 0.1, "adamw", 0.02, 16, "swin", 0.8831, 8.93, 0.8044, 0.1969, 0.2339, 160, 208, "FINISHED"),
    ]
    for row in table:
        name, day, user, phase, depth, drop, opt, wd, batch, backbone, dice, distance, miou, train, val, steps, minutes, status = row
        curves = {"loss/train": (1.05, train), "loss/val": (1.09, val)}
        if dice is not None:
            curves["Dice score"] = (0.21, dice, 0.02)
        latest = {}
        if distance is not None:
            latest["hausdorff distance"] = distance
        if miou is not None:
            latest["mIoU"] = miou
        store.run(
            experiment, name, f"{day} 07:30", minutes=minutes, status=status, user=user, steps=steps, curves=curves, latest=latest,
            tags={"owner": user, "phase": phase},
            params={"encoder.depth": depth, "drop path": drop, "opt": opt, "wd": wd, "batch size": batch, "backbone": backbone},
        )
    store.run(
        experiment, "sweep-13", "2025-02-12 07:30", minutes=210, user="tomasz", steps=40, deleted=True,
        tags={"owner": "tomasz", "phase": "final"},
        params={"encoder.depth": 8, "drop path": 0.1, "opt": "adamw", "wd": 0.05, "batch size": 16, "backbone": "convnext"},
        curves={"loss/train": (1.0, 0.11), "Dice score": (0.2, 0.9571)}, latest={"mIoU": 0.9},
    )


def traffic(store):
    """Forecasts with umlauts; errors of two kinds; a param that never changes."""
    experiment = store.experiment(
        "münchen-traffic", "2025-01-10 10:00", {"owner": "jürgen", "phase": "pilot", "city": "München"}
    )
    table = [
        ("Größe S", "2025-01-15", "jürgen", 32, 7, "huber", 41.27, 0.1932, 0.7481, 60, 18, "FINISHED"),
        ("Größe M", "2025-01-22", "jürgen", 64, 14, "huber", 35.82, 0.1675, 0.8023, 60, 27, "FINISHED"),
        ("Größe L", "2025-02-05", "jürgen", 128, 14, "huber", 31.46, 0.1409, 0.8464, 60, 44, "FINISHED"),
        ("Größe XL", "2025-02-19", "jürgen", 256, 28, "huber", 30.11, 0.1488, 0.8517, 60, 83, "FINISHED"),
        ("Ring-Süd 1", "2025-03-04", "aylin", 128, 28, "quantile", 33.09, 0.1521, 0.8302, 50, 41, "FINISHED"),
        ("Ring-Süd 2", "2025-03-11", "aylin", 128, 28, "quantile", 32.58, 0.1497, 0.8355, 50, 42, "FINISHED"),
        ("Nachtfahrt", "2025-03-18", "aylin", 64, 7, "quantile", 47.93, 0.2216, 0.6712, 50, 25, "FINISHED"),
        ("Feiertage", "2025-04-02", "aylin", 64, 28, "mse", None, None, None, 20, 6, "FAILED"),
        ("Straße 7", "2025-04-16", "jürgen", 128, 14, "mse", 34.75, 0.1604, 0.8117, 50, 39, "FINISHED"),
    ]
    for name, day, user, hidden, window, objective, rmse, mape, r2, steps, minutes, status in table:
        curves = {"pinball loss": (0.92, round((rmse or 80) / 120, 4))}
        latest = {}
        if rmse is not None:
            curves["rmse"] = (120.0, rmse, 2.0)
            latest = {"mape": mape, "r2": r2}
        store.run(
            experiment, name, f"{day} 11:15", minutes=minutes, status=status, user=user, steps=steps, curves=curves, latest=latest,
            tags={"owner": user, "phase": "pilot" if day < "2025-03" else "rollout"},
            params={"hidden units": hidden, "window days": window, "objective": objective, "seed": 13},
        )


def ablation(store):
    """Run names that are settings; speeds beside losses; a diverged and a killed run."""
    experiment = store.experiment(
        "ablation/attention heads", "2025-03-20 08:00", {"owner": "mei", "phase": "research", "team": "nlp"},
        "How many heads are enough",
    )
    table = [
        ("lr=1e-4 bs=32", "2025-04-01", 4, 0.0001, 32, "adamw", 0.0, 27.94, 18450.0, 3.1211, 3.3302, 200, "FINISHED"),
        ("lr=1e-4 bs=64", "2025-04-04", 8, 0.0001, 64, "adamw", 0.0, 25.37, 21980.0, 3.0128, 3.2335, 200, "FINISHED"),
        ("lr=3e-4 bs=32", "2025-04-08", 8, 0.0003, 32, "adamw", 0.1, 22.86, 18120.0, 2.8877, 3.1294, 300, "FINISHED"),
        ("lr=3e-4 bs=64", "2025-04-11", 12, 0.0003, 64, "adamw", 0.1, 20.45, 21140.0, 2.7536, 3.0179, 300, "FINISHED"),
        ("lr=3e-4 bs=128", "2025-04-15", 16, 0.0003, 128, "adamw", 0.1, 19.72, 23310.0, 2.7049, 2.9816, 300, "FINISHED"),
        ("lr=1e-3 bs=64", "2025-04-22", 12, 0.001, 64, "adamw", 0.1, 24.19, 21260.0, 2.9413, 3.1859, 300, "FINISHED"),
        ("lr=1e-2 bs=64", "2025-04-25", 12, 0.01, 64, "sgd", 0.0, NAN, 21190.0, NAN, NAN, 40, "FAILED"),
        ("lr=3e-4 bs=64 no-bias", "2025-05-02", 12, 0.0003, 64, "adamw", 0.1, 20.91, 21730.0, 2.7792, 3.0402, 300, "FINISHED"),
        ("lr=3e-4 bs=64 rotary", "2025-05-06", 12, 0.0003, 64, "lion", 0.2, 19.18, 20870.0, 2.6881, 2.9538, 300, "FINISHED"),
        ("lr=3e-5 bs=256", "2025-05-13", 16, 0.00003, 256, "lion", 0.2, 31.66, 24075.0, 3.2874, 3.4551, 90, "KILLED"),
    ]
    for name, day, heads, rate, batch, opt, drop, perplexity, speed, train, val, steps, status in table:
        store.run(
            experiment, name, f"{day} 20:00", minutes=steps * 1.5, status=status, user="mei", steps=steps,
            tags={"owner": "mei", "phase": "research"},
            params={"n heads": heads, "lr": rate, "batch size": batch, "opt": opt, "drop path": drop, "wd": 0.1},
            curves={"loss/train": (9.8, train, 0.15), "loss/val": (9.9, val, 0.15)},
            latest={"perplexity": perplexity, "tokens per second": speed},
        )


def speech(store):
    """Run names that are numbers, short and long ones that share digits."""
    experiment = store.experiment(
        "xp_42", "2025-02-24 09:00", {"owner": "sam", "phase": "pilot", "trialogue.lower_is_better": "rtf"}
    )
    table = [
        ("3", "2025-03-03", "sam", "conformer-s", 16, 0.1843, 0.0712, 0.118, 100, 52, "FINISHED"),
        ("7", "2025-03-10", "sam", "conformer-s", 32, 0.1697, 0.0653, 0.121, 100, 55, "FINISHED"),
        ("12", "2025-03-17", "sam", "conformer-m", 16, 0.1421, 0.0538, 0.187, 100, 81, "FINISHED"),
        ("21", "2025-03-24", "lucía", "conformer-m", 32, 0.1386, 0.0519, 0.192, 100, 84, "FINISHED"),
        ("101", "2025-04-07", "lucía", "conformer-l", 16, 0.1157, 0.0433, 0.346, 150, 170, "FINISHED"),
        ("102", "2025-04-14", "lucía", "conformer-l", 32, 0.1109, 0.0417, 0.351, 150, 176, "FINISHED"),
        ("103", "2025-04-21", "lucía", "conformer-l", 64, 0.1238, 0.0461, 0.359, 150, 181, "FINISHED"),
        ("107", "2025-05-05", "sam", "zipformer", 16, 0.1074, 0.0408, 0.203, 150, 133, "FINISHED"),
        ("112", "2025-05-12", "sam", "zipformer", 32, 0.0986, 0.0372, 0.209, 150, 139, "FINISHED"),
        ("120", "2025-05-19", "sam", "zipformer", 64, 0.0986, 0.0381, 0.214, 150, 144, "FINISHED"),
        ("121", "2025-05-26", "sam", "zipformer", 128, None, None, None, 25, 20, "FAILED"),
        ("130", "2025-06-09", "lucía", "zipformer", 48, 0.1012, 0.0389, 0.207, 150, 141, "FINISHED"),
    ]
    for name, day, user, encoder, batch, wer, cer, rtf, steps, minutes, status in table:
        curves = {"ctc loss": (4.2, round(0.08 + 1.9 * (wer or 0.9), 4))}
        latest = {}
        if wer is not None:
            curves["WER"] = (0.95, wer, 0.02)
            latest = {"CER": cer, "rtf": rtf}
        store.run(
            experiment, name, f"{day} 06:00", minutes=minutes, status=status, user=user, steps=steps, curves=curves, latest=latest,
            tags={"owner": user, "phase": "pilot" if int(name) < 100 else "final"},
            params={"encoder": encoder, "batch size": batch, "spec augment": "yes" if batch >= 32 else "no"},
        )


def toxicity(store):
    """Two AUCs in one experiment, names as MLflow draws them, one deleted namesake experiment."""
    old = store.experiment("Toxicity v1", "2024-12-01 09:00", {"owner": "noor", "phase": "archived"})
    for name, day, auc in [("gray-fox-11", "2024-12-03", 0.8711), ("keen-owl-12", "2024-12-05", 0.8804), ("loud-elk-13", "2024-12-08", 0.8666)]:
        store.run(
            old, name, f"{day} 13:00", minutes=20, user="noor", steps=20, params={"backbone": "bert-base"},
            curves={"bce loss": (0.69, 0.31)}, latest={"AUC": auc},
        )
    store.client.delete_experiment(old)
    experiment = store.experiment(
        "Toxicity v2", "2025-03-28 09:00", {"owner": "noor", "phase": "final", "policy": "eu"}, "Comment moderation, second label set"
    )
    table = [
        ("bold-crane-114", "2025-04-03", "noor", "bert-base", 0.01, 16, 0.9312, 0.9105, 0.0871, 0.2433, "FINISHED"),
        ("calm-otter-381", "2025-04-09", "noor", "bert-base", 0.05, 32, 0.9347, 0.9168, 0.0823, 0.2361, "FINISHED"),
        ("dapper-finch-207", "2025-04-17", "noor", "roberta-base", 0.01, 16, 0.9486, 0.9274, 0.0716, 0.2118, "FINISHED"),
        ("eager-lynx-555", "2025-04-24", "samir", "roberta-base", 0.05, 32, 0.9521, 0.9307, 0.0684, 0.2037, "FINISHED"),
        ("eager-lynx-556", "2025-04-24", "samir", "roberta-base", 0.1, 32, 0.9533, 0.9292, 0.0697, 0.2049, "FINISHED"),
        ("fancy-mole-900", "2025-05-01", "samir", "roberta-large", 0.01, 8, 0.9718, 0.9361, 0.0592, 0.1624, "FINISHED"),
        ("grumpy-swan-042", "2025-05-08", "samir", "roberta-large", 0.05, 16, 0.9684, 0.9419, 0.0547, 0.1701, "FINISHED"),
        ("humble-ibis-77", "2025-05-15", "samir", "roberta-large", 0.1, 16, 0.9655, 0.9402, 0.0561, 0.1733, "FINISHED"),
        ("icy-badger-300", "2025-05-20", "noor", "deberta-v3", 0.01, 8, NAN, NAN, NAN, NAN, "FAILED"),
        ("jolly-newt-301", "2025-05-22", "noor", "deberta-v3", 0.05, 8, 0.9692, 0.9488, 0.0513, 0.1655, "FINISHED"),
        ("kind-raven-302", "2025-05-29", "noor", "deberta-v3", 0.1, 16, 0.9667, 0.9451, 0.0529, 0.1692, "FINISHED"),
        ("lazy-heron-303", "2025-06-05", "noor", "deberta-v3", 0.05, 32, 0.9601, None, 0.0588, 0.1818, "KILLED"),
        ("merry-stoat-404", "2025-06-12", "samir", "deberta-v3", 0.05, 16, 0.9676, 0.9473, 0.0521, 0.1678, "FINISHED"),
    ]
    for at, (name, day, user, backbone, wd, batch, auc, val, fpr, loss, status) in enumerate(table):
        latest = {"AUC": auc, "false positive rate": fpr}
        if val is not None:
            latest["val/AUC"] = val
        steps = 20 if status == "FAILED" else 60
        store.run(
            experiment, name, f"{day} {9 + at % 3:02}:{at * 4:02}", minutes=30 + 5 * at, status=status, user=user, steps=steps,
            tags={"owner": user, "phase": "pilot" if at < 5 else "final"}, latest=latest,
            params={"backbone": backbone, "wd": wd, "batch size": batch, "max tokens": 256 if at < 7 else 512},
            curves={"bce loss": (0.69, loss, 0.01)},
        )


def summaries(store):
    """Names that only differ in their last part, a Greek letter in the experiment's name."""
    experiment = store.experiment("summariser β", "2025-04-25 15:00", {"owner": "mei", "phase": "pilot", "team": "nlp"})
    table = [
        ("exp.v1", "2025-05-05", "t5-small", 2, 0.3517, 0.2984, 0.8621, "FINISHED"),
        ("exp.v2", "2025-05-07", "t5-small", 4, 0.3602, 0.3075, 0.8644, "FINISHED"),
        ("exp.v3", "2025-05-09", "t5-base", 4, 0.3911, 0.3362, 0.8758, "FINISHED"),
        ("exp.final", "2025-05-16", "t5-base", 6, 0.4028, 0.3457, 0.8802, "FINISHED"),
        ("exp.final.v2", "2025-05-21", "pegasus", 4, 0.4275, 0.3691, 0.8893, "FINISHED"),
        ("exp.final.v3", "2025-05-28", "pegasus", 6, 0.4341, 0.3748, 0.8871, "FINISHED"),
        ("exp.final.v3 (copy)", "2025-06-02", "pegasus", 6, 0.4338, 0.3748, 0.8869, "FINISHED"),
        ("smoke", "2025-06-04", "t5-small", 1, None, None, None, "KILLED"),
    ]
    for at, (name, day, model, beams, one, longest, bert, status) in enumerate(table):
        latest = {} if one is None else {"rouge-1": one, "rouge-L": longest, "BERTScore": bert}
        store.run(
            experiment, name, f"{day} 16:20", minutes=40 + 10 * at, status=status, user="mei", steps=30, latest=latest,
            tags={"phase": "pilot", "dataset": "newsroom" if at % 2 else "cnn"},
            params={"base model": model, "num beams": beams, "length penalty": 0.8 + 0.1 * at},
            curves={"loss/train": (3.4, 1.9 - 0.1 * at)} if status == "FINISHED" else {},
        )


def birds(store):
    """The busiest experiment: something runs, something waits, two names differ by a digit."""
    experiment = store.experiment(
        "Bird Calls", "2025-05-26 07:00", {"owner": "aylin", "phase": "research", "modality": "audio"}, "Species from field recordings"
    )
    table = [
        ("wren 1", "2025-05-27", "aylin", "efficientnet-b0", "specmix", 0.05, 0.6412, 0.8573, 0.5128, 1.3317, 70, 44, "FINISHED"),
        ("wren 2", "2025-05-30", "aylin", "efficientnet-b0", "mixup", 0.05, 0.6588, 0.8697, 0.5341, 1.2804, 70, 46, "FINISHED"),
        ("heron", "2025-06-03", "tomasz", "efficientnet-b3", "mixup", 0.01, 0.7124, 0.9016, 0.5987, 1.0662, 90, 92, "FINISHED"),
        ("goldcrest", "2025-06-06", "tomasz", "efficientnet-b3", "none", 0.01, 0.6893, 0.8844, 0.5702, 1.1529, 90, 90, "FINISHED"),
        ("kingfisher", "2025-06-10", "aylin", "panns-cnn14", "mixup", 0.01, 0.7351, 0.9188, 0.6243, 0.9874, 90, 117, "FINISHED"),
        ("nightjar", "2025-06-13", "aylin", "panns-cnn14", "specmix", 0.1, 0.7297, 0.9223, 0.6195, 0.9961, 90, 115, "FINISHED"),
        ("dunnock", "2025-06-16", "tomasz", "beats", "mixup", 0.1, None, None, None, 2.8736, 24, 9, "FAILED"),
        ("chiffchaff", "2025-06-17", "tomasz", "beats", "mixup", 0.05, 0.7746, 0.9402, 0.6718, 0.8533, 90, 160, "FINISHED"),
        ("chough", "2025-06-18", "aylin", "beats", "specmix", 0.05, 0.7683, 0.9371, 0.6650, 0.8712, 90, 162, "FINISHED"),
        ("bittern", "2025-06-19", "aylin", "beats", "none", 0.01, 0.7019, 0.8935, 0.5874, 1.1043, 41, 60, "RUNNING"),
    ]
    for name, day, user, backbone, augment, wd, one, five, mean, loss, steps, minutes, status in table:
        curves = {"loss/train": (4.1, loss, 0.08)}
        latest = {}
        if one is not None:
            curves["top-1 acc"] = (0.02, one, 0.02)
            latest = {"top-5 acc": five, "mAP": mean}
        store.run(
            experiment, name, f"{day} 05:45", minutes=minutes, status=status, user=user, steps=steps, curves=curves, latest=latest,
            tags={"owner": user, "phase": "research", "site": "wetland" if name in ("heron", "bittern", "kingfisher") else "forest"},
            params={"backbone": backbone, "augment": augment, "wd": wd, "clip seconds": 5},
        )
    store.run(
        experiment, "capercaillie", "2025-06-20 05:45", status="SCHEDULED", user="tomasz",
        tags={"owner": "tomasz", "phase": "research", "site": "forest"},
        params={"backbone": "beats", "augment": "mixup", "wd": 0.1, "clip seconds": 10},
    )


def registry(store):
    """Few runs, German metric names."""
    experiment = store.experiment("Krebsregister Süd", "2025-02-01 09:00", {"owner": "jürgen", "phase": "final"})
    table = [
        ("Kohorte A", "2025-02-11", "cox", 0.1, 0.6214, 0.7105, 0.1893),
        ("Kohorte B", "2025-02-13", "cox", 0.5, 0.6187, 0.7082, 0.1911),
        ("Kohorte A+B", "2025-02-20", "deepsurv", 0.1, 0.6835, 0.7468, 0.1702),
        ("Kohorte C", "2025-03-06", "deepsurv", 0.01, 0.6951, 0.7429, 0.1688),
        ("Kohorte C (neu)", "2025-03-13", "rsf", 0.01, 0.6702, 0.7511, 0.1655),
    ]
    for at, (name, day, model, penalty, survival, index, brier) in enumerate(table):
        store.run(
            experiment, name, f"{day} 10:10", minutes=8 + at, user="jürgen",
            tags={"owner": "jürgen", "phase": "final"}, params={"model": model, "penalty": penalty},
            latest={"überlebensrate": survival, "c-index": index, "brier score": brier},
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=pathlib.Path, help="SQLite file to write; must not exist")
    path = parser.parse_args().path
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    if path.exists():
        sys.exit(f"{path} exists; remove it first")
    store = Store(path.resolve())
    for make in (neuro, registry, traffic, speech, ablation, toxicity, summaries, birds):
        make(store)
    scratch = store.experiment("scratch pad", "2025-05-01 09:00", {"owner": "sam"})
    store.client.delete_experiment(scratch)
    print(f"{path}: {store.runs} runs")


if __name__ == "__main__":
    main()
