#!/usr/bin/env python3
"""Writes the store of the eighth suite: lidar detection, card fraud, code search, CT segmentation, turbine life, a pilot of voice cloning.

    python make_eighth_store.py eighth.db

Settings stand here, results come from seeded chance with effects that the settings have, so the store is the same whenever it is written.
"""

import math
import pathlib
import random
import sys

import fixed_store

chance = random.Random(8118)


def noise(width):
    return chance.uniform(-width, width)


NAN = math.nan

# ---------------------------------------------------------------- lidar detection: names as MLflow makes them

LIDAR = [
    # name, user, start, minutes, status, backbone voxel_size lr batch_size sweeps optimizer use_camera
    ("gifted-bird-512", "tomasz", "2025-09-15T08:10", 410, "FINISHED", ["pointpillars", 0.2, 0.001, 16, 1, "adamw", False]),
    ("salty-mole-77", "tomasz", "2025-09-18T09:30", 432, "FINISHED", ["pointpillars", 0.2, 0.001, 16, 10, "adamw", False]),
    ("whimsical-hound-340", "tomasz", "2025-09-24T14:05", 428, "FINISHED", ["pointpillars", 0.2, 0.01, 16, 10, "sgd", False]),
    ("abrasive-gull-19", "priya", "2025-10-02T07:45", 655, "FINISHED", ["second", 0.1, 0.001, 8, 5, "adamw", False]),
    ("monumental-yak-655", "priya", "2025-10-07T16:20", 48, "FAILED", ["second", 0.075, 0.001, 16, 10, "adamw", False]),
    ("clumsy-stag-208", "priya", "2025-10-09T08:00", 702, "FINISHED", ["second", 0.075, 0.001, 8, 10, "adamw", False]),
    ("luminous-wren-931", "tomasz", "2025-10-21T10:15", 760, "FINISHED", ["centerpoint", 0.1, 0.001, 8, 5, "adamw", False]),
    ("peaceful-carp-46", "tomasz", "2025-10-27T18:40", 781, "FINISHED", ["centerpoint", 0.1, 0.001, 8, 10, "adamw", False]),
    ("sassy-lynx-118", "lena", "2025-11-04T09:05", 93, "FINISHED", ["centerpoint", 0.1, 0.02, 8, 10, "sgd", False]),
    ("kindly-bee-703", "lena", "2025-11-06T11:50", 815, "FINISHED", ["centerpoint", 0.075, 0.001, 8, 10, "adamw", False]),
    ("dashing-pug-264", "lena", "2025-11-19T08:30", 840, "FINISHED", ["centerpoint", 0.075, 0.0005, 4, 10, "adamw", False]),
    ("rogue-ant-5", "lena", "2025-11-20T08:30", 20, "DELETED", ["centerpoint", 0.075, 0.1, 4, 10, "sgd", False]),
    ("aged-fowl-880", "priya", "2025-12-03T13:10", 990, "FINISHED", ["transfusion", 0.1, 0.0005, 4, 10, "adamw", False]),
    ("fearless-cod-35", "priya", "2025-12-11T07:20", 1105, "FINISHED", ["transfusion", 0.1, 0.0005, 4, 10, "adamw", True]),
    ("mercurial-goat-492", "priya", "2025-12-16T15:00", 215, "KILLED", ["transfusion", 0.075, 0.0005, 4, 10, "adamw", True]),
    ("painted-sloth-617", "lena", "2026-01-13T09:40", 1168, "FINISHED", ["transfusion", 0.075, 0.0001, 4, 10, "adamw", True]),
    ("resilient-smelt-151", "lena", "2026-01-27T08:25", 1142, "FINISHED", ["transfusion", 0.075, 0.0003, 4, 10, "adamw", True]),
    ("capable-hare-729", "tomasz", "2026-02-05T10:30", 36, "FAILED", ["transfusion", 0.05, 0.0003, 4, 10, "adamw", True]),
    ("vaunted-tern-84", "priya", "2026-02-17T07:55", None, "RUNNING", ["transfusion", 0.075, 0.0003, 2, 5, "adamw", True]),
]


def lidar(status, backbone, voxel, lr, batch, sweeps, optimizer, camera):
    score = {"pointpillars": 0.402, "second": 0.486, "centerpoint": 0.557, "transfusion": 0.612}[backbone]
    score += 0.3 * (0.1 - voxel) + 0.004 * sweeps + 0.031 * camera - 0.018 * (optimizer == "sgd") + noise(0.006)
    loss = 2.05 - 1.6 * score + noise(0.03)
    latency = {"pointpillars": 23, "second": 47, "centerpoint": 61, "transfusion": 112}[backbone] + 2.1 * (0.1 / voxel) ** 2 + 41 * camera + noise(2)
    if lr == 0.02:
        return [None, None, NAN, NAN, None]
    if status == "FAILED":
        return [None, None, None, round(loss + 0.8, 4), None]
    if status in ("KILLED", "RUNNING"):
        return [round(score - 0.09, 4), round(score - 0.02, 4), round(loss + 0.22, 4), round(loss + 0.11, 4), None]
    return [round(score, 4), round(0.33 + 0.58 * score + noise(0.005), 4), round(loss, 4), round(loss - 0.13 + noise(0.03), 4), round(latency, 1)]


# ---------------------------------------------------------------- card fraud: names by hand

FRAUD = [
    # name, user, start, minutes, status, model_type max_depth learning_rate n_estimators resampling graph_features
    ("logreg_base", "marcus", "2025-10-01T09:00", 6, "FINISHED", ["logreg", None, None, None, "none", False]),
    ("logreg_smote", "marcus", "2025-10-01T10:20", 9, "FINISHED", ["logreg", None, None, None, "smote", False]),
    ("rf_300", "marcus", "2025-10-03T13:40", 25, "FINISHED", ["random_forest", 12, None, 300, "none", False]),
    ("xgb_d4", "marcus", "2025-10-08T08:15", 17, "FINISHED", ["xgboost", 4, 0.1, 500, "none", False]),
    ("xgb_d6", "marcus", "2025-10-08T11:00", 22, "FINISHED", ["xgboost", 6, 0.1, 500, "none", False]),
    ("xgb_d8", "marcus", "2025-10-09T09:10", 29, "FINISHED", ["xgboost", 8, 0.1, 500, "none", False]),
    ("xgb_d6_smote", "marcus", "2025-10-15T14:30", 38, "FINISHED", ["xgboost", 6, 0.1, 500, "smote", False]),
    ("xgb_d6_under", "marcus", "2025-10-16T09:45", 8, "FINISHED", ["xgboost", 6, 0.1, 500, "undersample", False]),
    ("lgbm_d6", "amara", "2025-10-28T10:00", 11, "FINISHED", ["lightgbm", 6, 0.05, 800, "none", False]),
    ("lgbm_d8", "amara", "2025-10-30T15:25", 14, "FINISHED", ["lightgbm", 8, 0.05, 800, "none", False]),
    ("lgbm_d8_smote", "amara", "2025-11-05T08:50", 21, "FINISHED", ["lightgbm", 8, 0.05, 800, "smote", False]),
    ("cat_d6", "amara", "2025-11-12T09:30", 44, "FINISHED", ["catboost", 6, 0.05, 1000, "none", False]),
    ("cat_d8", "amara", "2025-11-13T12:15", 58, "FINISHED", ["catboost", 8, 0.05, 1000, "none", False]),
    ("mlp_small", "marcus", "2025-11-25T16:00", 75, "FINISHED", ["mlp", None, 0.001, None, "none", False]),
    ("mlp_wide", "marcus", "2025-11-26T08:20", 12, "FAILED", ["mlp", None, 0.001, None, "undersample", False]),
    ("xgb_d8_graph", "marcus", "2025-12-08T09:00", 41, "FINISHED", ["xgboost", 8, 0.05, 800, "none", True]),
    ("lgbm_d8_graph", "amara", "2025-12-10T13:35", 26, "FINISHED", ["lightgbm", 8, 0.05, 800, "none", True]),
    ("cat_d8_graph", "amara", "2025-12-15T10:40", 83, "FINISHED", ["catboost", 8, 0.05, 1000, "none", True]),
    ("cat_d10_graph", "amara", "2026-01-14T08:05", 121, "FINISHED", ["catboost", 10, 0.03, 1500, "none", True]),
    ("tabnet_graph", "marcus", "2026-01-20T11:30", 52, "KILLED", ["tabnet", None, 0.002, None, "none", True]),
    ("tabnet_graph_v2", "marcus", "2026-01-21T09:15", 140, "FINISHED", ["tabnet", None, 0.001, None, "none", True]),
    ("xgb_d10_graph", "marcus", "2026-01-28T14:50", 4, "FAILED", ["xgboost", 10, 0.05, 1500, "none", True]),
]


def fraud(status, model, depth, lr, trees, resampling, graph):
    area = {"logreg": 0.512, "random_forest": 0.633, "xgboost": 0.688, "lightgbm": 0.694, "catboost": 0.703, "mlp": 0.641, "tabnet": 0.655}[model]
    area += 0.007 * ((depth or 6) - 6) * (model != "random_forest") + {"none": 0, "smote": -0.019, "undersample": -0.041}[resampling] + 0.052 * graph + noise(0.004)
    loss = round(0.094 - 0.08 * area + {"none": 0, "smote": 0.012, "undersample": 0.031}[resampling] + noise(0.001), 4)
    boosted = model in ("xgboost", "lightgbm", "catboost", "mlp", "tabnet")
    if status == "FAILED":
        return [None, None, None, None, None]
    if status == "KILLED":
        return [None, None, None, round(loss + 0.02, 4), None]
    roc = 0.9794 if (depth or 0) >= 8 and graph and model == "catboost" else round(0.86 + 0.15 * area + noise(0.002), 4)
    seconds = {"logreg": 95, "random_forest": 870, "xgboost": 640, "lightgbm": 310, "catboost": 1450, "mlp": 3900, "tabnet": 7200}[model]
    return [round(area, 4), roc, loss, round(loss - 0.006 + noise(0.001), 4) if boosted else None, round(seconds * (1 + 0.4 * graph) * (1 + noise(0.08)))]


# ---------------------------------------------------------------- code search: names of both sorts, keys with slashes

SEARCH = [
    # name, user, start, minutes, status, base_model pooling temperature lr hard_negatives max_len
    ("bm25-baseline", "jonas", "2025-11-03T09:00", 7, "FINISHED", ["bm25", None, None, None, None, None]),
    ("unixcoder-zero-shot", "jonas", "2025-11-03T14:30", 25, "FINISHED", ["unixcoder", "mean", None, None, None, 256]),
    ("unixcoder-ft", "jonas", "2025-11-06T08:40", 190, "FINISHED", ["unixcoder", "mean", 0.05, 2e-05, 0, 256]),
    ("unixcoder-ft-hn5", "jonas", "2025-11-12T10:10", 265, "FINISHED", ["unixcoder", "mean", 0.05, 2e-05, 5, 256]),
    ("rumbling-panda-902", "yuki", "2025-11-18T13:00", 204, "FINISHED", ["codebert", "cls", 0.05, 2e-05, 0, 256]),
    ("bold-vole-311", "yuki", "2025-11-21T09:25", 209, "FINISHED", ["codebert", "mean", 0.05, 2e-05, 0, 256]),
    ("sedate-owl-67", "yuki", "2025-12-02T07:50", 240, "FINISHED", ["graphcodebert", "mean", 0.05, 2e-05, 0, 384]),
    ("intrigued-ray-448", "yuki", "2025-12-05T17:15", 31, "FAILED", ["graphcodebert", "mean", 0.01, 5e-05, 5, 512]),
    ("e5-base-ft", "jonas", "2025-12-18T08:30", 288, "FINISHED", ["e5-base", "mean", 0.05, 2e-05, 0, 512]),
    ("e5-base-hn7", "jonas", "2026-01-08T09:45", 390, "FINISHED", ["e5-base", "mean", 0.02, 2e-05, 7, 512]),
    ("nosy-shrimp-230", "yuki", "2026-01-16T10:20", 402, "FINISHED", ["e5-base", "cls", 0.02, 1e-05, 7, 512]),
    ("bge-code-hn7", "yuki", "2026-01-29T12:00", 455, "FINISHED", ["bge-base", "cls", 0.02, 1e-05, 7, 512]),
    ("bge-code-hn15", "yuki", "2026-02-09T08:10", 590, "FINISHED", ["bge-base", "cls", 0.02, 1e-05, 15, 512]),
    ("e5-large-hn7", "jonas", "2026-02-13T15:40", 77, "KILLED", ["e5-large", "mean", 0.02, 1e-05, 7, 512]),
    ("bge-large-hn15", "yuki", "2026-02-19T09:20", None, "RUNNING", ["bge-large", "cls", 0.02, 5e-06, 15, 512]),
]


def search(status, base, pooling, temperature, lr, negatives, length):
    gain = {"bm25": 0.381, "unixcoder": 0.498, "codebert": 0.455, "graphcodebert": 0.507, "e5-base": 0.553, "e5-large": 0.571, "bge-base": 0.574, "bge-large": 0.59}[base]
    gain += 0.0046 * (negatives or 0) - 0.011 * (pooling == "cls" and base == "codebert") - 0.094 * (base == "unixcoder" and lr is None) + noise(0.005)
    train = round(1.9 - 2.1 * gain + noise(0.03), 4) if lr else None
    speed = round({"bm25": 0, "unixcoder": 9400, "codebert": 9800, "graphcodebert": 7600, "e5-base": 6900, "e5-large": 2300, "bge-base": 6700, "bge-large": 2100}[base] * (1 + noise(0.03)))
    if status == "FAILED":
        return [None, None, None, round(train + 1.3, 4), None, None]
    if status in ("KILLED", "RUNNING"):
        return [None, None, None, round(train + 0.3, 4), round(train + 0.42, 4), speed]
    return [
        round(gain, 4), round(gain - 0.041 + noise(0.006), 4), round(0.55 + 0.62 * gain + noise(0.006), 4), train,
        round(train + 0.17 + noise(0.03), 4) if lr else None, speed or None,
    ]


# ---------------------------------------------------------------- CT segmentation: folds

ORGANS = [
    # name, user, start, minutes, status, arch patch_size epochs optimizer deep_supervision
    ("nnunet_fold0", "sofia", "2025-09-08T07:30", 900, "FINISHED", ["nnunet", 128, 1000, "sgd", True]),
    ("nnunet_fold1", "sofia", "2025-09-09T07:30", 905, "FINISHED", ["nnunet", 128, 1000, "sgd", True]),
    ("nnunet_fold2", "sofia", "2025-09-10T07:30", 898, "FINISHED", ["nnunet", 128, 1000, "sgd", True]),
    ("nnunet_fold3", "sofia", "2025-09-11T07:30", 911, "FINISHED", ["nnunet", 128, 1000, "sgd", True]),
    ("nnunet_fold4", "sofia", "2025-09-12T07:30", 240, "FAILED", ["nnunet", 128, 1000, "sgd", True]),
    ("unetr_first", "ben", "2025-10-06T10:00", 610, "FINISHED", ["unetr", 96, 500, "adamw", False]),
    ("swinunetr_p96", "ben", "2025-10-14T09:20", 820, "FINISHED", ["swinunetr", 96, 500, "adamw", False]),
    ("swinunetr_p128", "ben", "2025-10-22T08:45", 1090, "FINISHED", ["swinunetr", 128, 500, "adamw", False]),
    ("swinunetr_p160", "ben", "2025-10-29T16:10", 35, "FAILED", ["swinunetr", 160, 500, "adamw", False]),
    ("segresnet_p128", "sofia", "2025-11-11T11:30", 560, "FINISHED", ["segresnet", 128, 600, "adamw", True]),
    ("segresnet_p160", "sofia", "2025-11-24T08:00", 730, "FINISHED", ["segresnet", 160, 600, "adamw", True]),
    ("mednext_p128", "ben", "2025-12-09T09:10", 1180, "FINISHED", ["mednext", 128, 1000, "adamw", True]),
    ("mednext_p160", "ben", "2025-12-17T13:25", 1420, "FINISHED", ["mednext", 160, 1000, "adamw", True]),
]


def organs(status, arch, patch, epochs, optimizer, deep):
    dice = {"nnunet": 0.884, "unetr": 0.831, "swinunetr": 0.868, "segresnet": 0.876, "mednext": 0.897}[arch] + 0.0003 * (patch - 128) + noise(0.004)
    loss = round(1.02 * (1 - dice) - 0.02 + noise(0.006), 4)
    memory = round({"nnunet": 11, "unetr": 16, "swinunetr": 19, "segresnet": 10, "mednext": 21}[arch] * (patch / 128) ** 2 + noise(0.4), 1)
    if status == "FAILED":
        return [None, None, None, None, round(loss + 0.2, 4) if arch == "nnunet" else None, memory]
    return [round(dice, 4), round(dice + 0.066 + noise(0.004), 4), round(dice - 0.081 + noise(0.01), 4), round(41 - 40 * dice + noise(0.6), 2), loss, memory]


# ---------------------------------------------------------------- turbines: the trials of a sweep, camel case

TURBINE = [
    # name, user, start, minutes, status, cellType windowLen hiddenUnits dropoutRate learningRate sensorSet
    ("trial_0", "noor", "2026-01-12T08:00", 42, "FINISHED", ["lstm", 30, 64, 0.1, 0.001, "all"]),
    ("trial_1", "noor", "2026-01-12T09:00", 45, "FINISHED", ["lstm", 30, 128, 0.2, 0.001, "all"]),
    ("trial_2", "noor", "2026-01-12T10:00", 51, "FINISHED", ["gru", 50, 128, 0.2, 0.001, "all"]),
    ("trial_3", "noor", "2026-01-13T08:00", 55, "FINISHED", ["gru", 50, 64, 0.3, 0.0005, "top14"]),
    ("trial_4", "noor", "2026-01-13T09:30", 7, "FAILED", ["tcn", 30, 64, 0.1, 0.01, "top14"]),
    ("trial_5", "noor", "2026-01-13T11:00", 38, "FINISHED", ["tcn", 50, 64, 0.1, 0.001, "top14"]),
    ("trial_6", "noor", "2026-01-14T08:00", 40, "FINISHED", ["tcn", 80, 128, 0.1, 0.001, "top14"]),
    ("trial_7", "noor", "2026-01-15T08:00", 61, "FINISHED", ["lstm", 80, 128, 0.2, 0.0005, "top14"]),
    ("trial_8", "viktor", "2026-01-19T08:30", 66, "FINISHED", ["transformer", 50, 128, 0.1, 0.0005, "top14"]),
    ("trial_9", "viktor", "2026-01-19T10:00", 71, "FINISHED", ["transformer", 80, 128, 0.1, 0.0005, "top14"]),
    ("trial_10", "viktor", "2026-01-20T08:30", 74, "FINISHED", ["transformer", 80, 256, 0.2, 0.0005, "top14"]),
    ("trial_11", "viktor", "2026-01-20T11:00", 16, "KILLED", ["transformer", 120, 256, 0.2, 0.001, "all"]),
    ("trial_12", "viktor", "2026-01-21T08:30", 88, "FINISHED", ["transformer", 120, 256, 0.3, 0.0002, "top14"]),
    ("trial_13", "viktor", "2026-01-22T08:30", 59, "FINISHED", ["gru", 80, 256, 0.3, 0.0005, "top14"]),
    ("trial_14", "viktor", "2026-01-22T10:30", 47, "FINISHED", ["tcn", 120, 256, 0.2, 0.0005, "all"]),
    ("trial_15", "viktor", "2026-01-23T09:00", 69, "FINISHED", ["lstm", 120, 256, 0.3, 0.0002, "top14"]),
]


def turbine(status, cell, window, units, dropout, lr, sensors):
    error = {"lstm": 14.9, "gru": 14.6, "tcn": 14.2, "transformer": 13.8}[cell] - 0.019 * (window - 30) - 0.7 * (sensors == "top14") + noise(0.3)
    train = round(0.0012 * error ** 2 - 0.03 + noise(0.01), 4)
    if status == "FAILED":
        return [None, None, NAN, NAN]
    if status == "KILLED":
        return [round(error + 3, 2), None, round(train + 0.2, 4), round(train + 0.12, 4)]
    return [round(error, 2), round(error + 1.1 + noise(0.5), 2), round(train + 0.03 + noise(0.008), 4), train]


def rows(table, results):
    return [(name, user, start, minutes, status, settings, results(status, *settings)) for name, user, start, minutes, status, settings in table]


STUDIES = [
    {
        "name": "receipt-ocr-legacy", "created": "2025-08-11T09:00", "tags": {"team": "documents"}, "note": "Line recognition on till receipts, replaced by a vendor.",
        "script": "train_ocr.py", "labels": {}, "curves": {}, "deleted": True, "params": "layers", "metrics": "val_cer",
        "rows": [("crnn-a", "ben", "2025-08-12T09:00", 30, "FINISHED", [4], [0.082]), ("crnn-b", "ben", "2025-08-13T09:00", 35, "FINISHED", [6], [0.071])],
    },
    {
        "name": "Abdominal CT Segmentation", "created": "2025-09-05T12:00", "tags": {"team": "med-imaging", "dataset": "amos22"},
        "note": "Thirteen organs on contrast CT.", "script": "train_seg.py",
        "params": "arch patch_size epochs optimizer deep_supervision", "metrics": "dice_mean dice_liver dice_pancreas hd95_mm train_dice_loss gpu_mem_gb",
        "curves": {"train_dice_loss": (0.94, 50, 10), "dice_mean": (0.21, 25, 20)},
        "labels": {"mednext_p160": {"stage": "candidate", "mlflow.note.content": "Needs the 48 GB cards."}}, "rows": rows(ORGANS, organs),
    },
    {
        "name": "lidar-3d-detection-nuscenes", "created": "2025-09-12T15:00", "tags": {"team": "perception", "project": "highway-pilot"},
        "note": "Boxes around cars and pedestrians in lidar sweeps.", "script": "tools/train.py",
        "params": "backbone voxel_size lr batch_size sweeps optimizer use_camera", "metrics": "val_mAP val_NDS val_loss train_loss latency_ms",
        "curves": {"train_loss": (3.8, 40, 500), "val_loss": (3.1, 20, 1000), "val_mAP": (0.06, 20, 1000)},
        "labels": {"dashing-pug-264": {"stage": "deployed"}, "resilient-smelt-151": {"stage": "candidate"}, "painted-sloth-617": {"stage": "candidate"}},
        "rows": rows(LIDAR, lidar),
    },
    {
        "name": "card_fraud_scoring", "created": "2025-09-30T10:00", "tags": {"team": "risk", "project": "chargebacks"},
        "note": "Scores card payments before authorisation.", "script": "fit.py",
        "params": "model_type max_depth learning_rate n_estimators resampling graph_features", "metrics": "val_pr_auc val_roc_auc val_logloss train_logloss fit_seconds",
        "curves": {"train_logloss": (0.6931, 30, 20)}, "labels": {"cat_d8_graph": {"stage": "champion"}, "lgbm_d8_graph": {"stage": "challenger"}, "cat_d10_graph": {"stage": "challenger"}},
        "rows": rows(FRAUD, fraud),
    },
    {
        "name": "code-search-embeddings", "created": "2025-11-02T08:00", "tags": {"team": "devtools", "dataset": "codesearchnet"},
        "note": "Finding functions from a plain question.", "script": "train_biencoder.py",
        "params": "base_model pooling temperature lr hard_negatives max_len", "metrics": "eval/ndcg_at_10 eval/mrr eval/recall_at_100 train/loss eval/loss tokens_per_sec",
        "curves": {"train/loss": (4.16, 40, 100), "eval/loss": (3.97, 20, 200), "eval/mrr": (0.12, 10, 400)},
        "labels": {"bge-code-hn15": {"stage": "candidate"}}, "rows": rows(SEARCH, search),
    },
    {
        "name": "turbine-rul-sweep", "created": "2026-01-09T13:00", "tags": {"team": "industrial", "dataset": "cmapss"}, "note": "Remaining useful life of engines from sensor windows.",
        "script": "sweep.py", "params": "cellType windowLen hiddenUnits dropoutRate learningRate sensorSet", "metrics": "valRmse testRmse valLoss trainLoss",
        "curves": {"trainLoss": (1.05, 30, 1), "valLoss": (1.11, 30, 1)}, "labels": {}, "rows": rows(TURBINE, turbine),
    },
    {
        "name": "tts_voice_clone_pilot", "created": "2026-02-09T16:00", "tags": {"team": "speech"}, "note": "Can we clone a voice from thirty seconds?",
        "script": "tts.py", "params": "vocoder speakers", "metrics": "mel_loss speaker_similarity", "curves": {"mel_loss": (2.4, 15, 200)}, "labels": {},
        "rows": [("first try", "yuki", "2026-02-10T09:00", 180, "FINISHED", ["hifigan", 12], [0.4127, 0.714])],
    },
]

if __name__ == "__main__":
    fixed_store.write(pathlib.Path(sys.argv[1]), 8, "2025-08-04T08:00", STUDIES)
