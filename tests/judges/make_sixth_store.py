#!/usr/bin/env python3
"""Write the store that `sixth.jsonl` speaks of.

    python make_sixth_store.py sixth.db

Pathology segmentation, session recommenders, a warehouse robot, translation, a fraud
graph network, turbofan lifetimes; one experiment without runs and one deleted.
"""

import math
import pathlib
import random
import sys

import fixed_store

NAN = math.nan


def rows(seed, plan, score, unfinished=()):
    """The rows of a study: `score` gives the metrics of a run from its parameters; `unfinished` are the places of metrics that only finished runs have."""
    draw = random.Random(seed)
    made = []
    for name, user, start, minutes, status, params, *changed in plan:
        metrics = score(params, draw)
        if status not in ("FINISHED", "DELETED"):
            metrics = [None if i in unfinished else value for i, value in enumerate(metrics)]
        for place, value in (changed[0] if changed else {}).items():
            metrics[place] = value
        made.append((name, user, start, minutes, status, params, metrics))
    return made


# ---------------------------------------------------------------- pathology


def pathology(params, draw):
    encoder, tile, magnification, loss, stain, lr, batch = params
    dice = 0.742 + {"resnet34": 0, "efficientnet-b3": 0.021, "convnext_tiny": 0.038, "uni-vit": 0.071}[encoder]
    dice += {256: 0, 512: 0.019, 1024: 0.024}[tile] + {"dice": 0.006, "focal": -0.008, "tversky": 0.011, "dice_bce": 0.013}[loss]
    dice += (0.014 if stain else 0) + draw.gauss(0, 0.008)
    iou = dice / (2 - dice) + draw.gauss(0, 0.003)
    hd95 = 61 - 55 * dice + draw.gauss(0, 0.9)
    val = 0.93 - 0.8 * dice + draw.gauss(0, 0.012)
    memory = {256: 5.1, 512: 9.4, 1024: 21.7}[tile] * (0.6 + batch / 40) * (1.3 if encoder == "uni-vit" else 1)
    return [round(dice, 4), round(iou, 4), round(hd95, 2), round(val, 4), round(val * draw.uniform(0.52, 0.75), 4), round(memory, 1)]


PATHOLOGY = [
    ("resnet34 first try", "hana", "2025-01-09T10:12", 134, "FINISHED", ("resnet34", 256, "10x", "dice", False, 0.001, 32)),
    ("serene-otter-412", "hana", "2025-01-10T08:45", 141, "FINISHED", ("resnet34", 256, "20x", "dice_bce", False, 0.001, 32)),
    ("dashing-koi-88", "ilya", "2025-01-14T15:30", 9, "FAILED", ("resnet34", 1024, "20x", "dice", True, 0.01, 16), {4: NAN}),
    ("merciful-crane-530", "ilya", "2025-01-15T09:05", 188, "FINISHED", ("resnet34", 512, "20x", "focal", True, 0.0005, 16)),
    ("upbeat-gnu-19", "s.okafor", "2025-01-21T11:50", 205, "FINISHED", ("efficientnet-b3", 512, "20x", "dice", True, 0.0005, 16)),
    ("tversky_alpha07", "hana", "2025-01-24T13:20", 212, "FINISHED", ("efficientnet-b3", 512, "20x", "tversky", True, 0.0005, 16)),
    ("tversky_alpha03", "hana", "2025-01-24T17:40", 209, "FINISHED", ("efficientnet-b3", 512, "20x", "tversky", False, 0.0005, 16)),
    ("languid-seal-274", "ilya", "2025-02-03T08:15", 230, "FINISHED", ("efficientnet-b3", 256, "40x", "dice_bce", True, 0.0003, 32)),
    ("nimble-tapir-66", "s.okafor", "2025-02-05T16:00", 44, "KILLED", ("efficientnet-b3", 1024, "40x", "focal", True, 0.0003, 8)),
    ("wistful-ray-901", "s.okafor", "2025-02-06T09:30", 261, "FINISHED", ("convnext_tiny", 512, "20x", "dice_bce", True, 0.0003, 16)),
    ("convnext-nostain", "hana", "2025-02-11T10:25", 258, "FINISHED", ("convnext_tiny", 512, "20x", "dice_bce", False, 0.0003, 16)),
    ("gaudy-ibis-147", "ilya", "2025-02-18T14:10", 319, "FINISHED", ("convnext_tiny", 1024, "20x", "tversky", True, 0.0003, 8)),
    ("rumbling-vole-35", "ilya", "2025-02-19T08:00", 12, "FAILED", ("convnext_tiny", 1024, "40x", "dice", True, 0.02, 8), {4: NAN}),
    ("bold-marten-620", "s.okafor", "2025-03-04T09:00", 402, "FINISHED", ("uni-vit", 256, "20x", "dice_bce", True, 0.0001, 16)),
    ("polite-newt-308", "s.okafor", "2025-03-06T09:40", 455, "FINISHED", ("uni-vit", 512, "20x", "dice_bce", True, 0.0001, 8)),
    ("uni frozen", "hana", "2025-03-11T12:30", 288, "FINISHED", ("uni-vit", 512, "20x", "focal", True, 0.0001, 8), {2: None}),
    ("uni unfrozen", "hana", "2025-03-13T07:55", 610, "FINISHED", ("uni-vit", 512, "40x", "tversky", True, 0.00005, 8)),
    ("smiling-asp-733", "ilya", "2025-03-20T18:20", 120, "FINISHED", ("uni-vit", 1024, "40x", "dice", False, 0.00005, 4)),
]

# ---------------------------------------------------------------- recommenders


def recommender(params, draw):
    model, dim, layers, dropout, negatives, longest, debias = params
    ndcg = {"ItemKNN": 0.118, "GRU4Rec": 0.147, "SASRec": 0.171, "BERT4Rec": 0.166, "HSTU": 0.182}[model]
    ndcg += 0.006 * math.log2((dim or 64) / 64) + (0.003 if (negatives or 0) >= 256 else 0) + draw.gauss(0, 0.003)
    ndcg -= 0.007 if debias == "yes" else 0
    coverage = 0.31 + (0.17 if debias == "yes" else 0) + draw.uniform(-0.05, 0.05)
    latency = {"ItemKNN": 4, "GRU4Rec": 11, "SASRec": 14, "BERT4Rec": 23, "HSTU": 19}[model] * (1 + (dim or 0) / 400) * draw.uniform(0.95, 1.1)
    val = None if model == "ItemKNN" else round(6.9 - 11 * ndcg + draw.gauss(0, 0.05), 4)
    train = None if model == "ItemKNN" else round(val * draw.uniform(0.8, 0.92), 4)
    return [round(ndcg, 4), round(ndcg * 2.05 + draw.gauss(0, 0.005), 4), round(ndcg * 0.83 + draw.gauss(0, 0.002), 4), round(coverage, 3), round(latency, 1), train, val]


RECOMMENDERS = [
    ("itemknn", "noor", "2025-02-10T09:10", 6, "FINISHED", ("ItemKNN", None, None, None, None, 50, "no")),
    ("gru4rec_baseline", "noor", "2025-02-10T11:30", 75, "FINISHED", ("GRU4Rec", 64, 1, 0.2, 128, 50, "no")),
    ("gru4rec-wide", "priya", "2025-02-14T10:00", 96, "FINISHED", ("GRU4Rec", 256, 1, 0.3, 128, 50, "no")),
    ("sasrec-64", "priya", "2025-02-20T13:45", 88, "FINISHED", ("SASRec", 64, 2, 0.2, 128, 50, "no")),
    ("sasrec-128", "priya", "2025-02-21T09:20", 110, "FINISHED", ("SASRec", 128, 2, 0.2, 256, 50, "no")),
    ("sasrec-128-debias", "priya", "2025-02-26T09:25", 113, "FINISHED", ("SASRec", 128, 2, 0.2, 256, 50, "yes")),
    ("sasrec-256", "tobias", "2025-03-03T15:10", 149, "FINISHED", ("SASRec", 256, 4, 0.4, 512, 100, "no")),
    ("bert4rec-small", "tobias", "2025-03-10T08:30", 171, "FINISHED", ("BERT4Rec", 64, 2, 0.2, 256, 100, "no")),
    ("bert4rec-big", "tobias", "2025-03-12T08:30", 35, "FAILED", ("BERT4Rec", 512, 8, 0.1, 512, 200, "no"), {5: NAN}),
    ("bert4rec-big-lr-fix", "tobias", "2025-03-12T14:00", 266, "FINISHED", ("BERT4Rec", 512, 8, 0.1, 512, 200, "no")),
    ("bert4rec-debias", "noor", "2025-03-19T10:40", 180, "FINISHED", ("BERT4Rec", 256, 4, 0.2, 256, 100, "yes")),
    ("hstu-tiny", "priya", "2025-04-02T09:00", 142, "FINISHED", ("HSTU", 128, 4, 0.2, 256, 100, "no")),
    ("hstu-full", "priya", "2025-04-07T09:00", 305, "FINISHED", ("HSTU", 256, 8, 0.3, 512, 200, "no")),
    ("hstu-debias", "noor", "2025-04-15T16:20", 290, "KILLED", ("HSTU", 256, 8, 0.3, 512, 200, "yes")),
]

# ---------------------------------------------------------------- robot


def robot(params, draw):
    algo, gamma, lr, envs, entropy, random_domain, shaping = params
    success = {"PPO": 0.61, "SAC": 0.7, "TD3": 0.64}[algo] + {"sparse": -0.13, "dense": 0.05, "potential": 0.09}[shaping]
    success += (-0.04 if random_domain else 0) + (gamma - 0.98) * 4 + draw.gauss(0, 0.02)
    reward = -40 + 310 * success + draw.gauss(0, 6)
    return [round(reward, 1), round(success, 3), round(214 - 150 * success + draw.gauss(0, 4), 1), round(reward * draw.uniform(0.86, 0.95), 1),
            round(draw.uniform(0.4, 2.4), 3), round(draw.uniform(0.08, 0.6), 3)]


ROBOT = [
    ("ppo_sparse", "kofi", "2025-04-08T10:00", 320, "FINISHED", ("PPO", 0.99, 0.0003, 16, 0.01, False, "sparse")),
    ("ppo_dense", "kofi", "2025-04-09T09:15", 318, "FINISHED", ("PPO", 0.99, 0.0003, 16, 0.01, False, "dense")),
    ("ppo_dense_64envs", "kofi", "2025-04-11T09:30", 190, "FINISHED", ("PPO", 0.99, 0.0003, 64, 0.01, False, "dense")),
    ("ppo_dense_domrand", "lena", "2025-04-16T12:00", 340, "FINISHED", ("PPO", 0.99, 0.0003, 64, 0.01, True, "dense")),
    ("ppo_potential", "lena", "2025-04-22T08:40", 333, "FINISHED", ("PPO", 0.995, 0.0001, 64, 0.005, True, "potential")),
    ("sac_sparse", "kofi", "2025-04-28T10:10", 415, "FINISHED", ("SAC", 0.98, 0.0003, 8, 0.2, False, "sparse")),
    ("sac_dense", "kofi", "2025-04-30T10:10", 422, "FINISHED", ("SAC", 0.98, 0.0003, 8, 0.2, False, "dense")),
    ("sac_potential", "lena", "2025-05-05T09:00", 430, "FINISHED", ("SAC", 0.99, 0.0003, 8, 0.1, False, "potential")),
    ("sac_potential_domrand", "lena", "2025-05-07T09:00", 437, "FINISHED", ("SAC", 0.99, 0.0003, 8, 0.1, True, "potential"), {1: 0.849}),
    ("td3_dense", "kofi", "2025-05-13T11:20", 401, "FINISHED", ("TD3", 0.98, 0.001, 8, None, False, "dense"), {5: None}),
    ("td3_diverged", "kofi", "2025-05-14T11:00", 58, "FAILED", ("TD3", 0.99, 0.01, 8, None, True, "dense"), {4: NAN, 5: None}),
    ("sac_potential_lowlr", "lena", "2025-05-20T08:05", 270, "KILLED", ("SAC", 0.99, 0.00005, 8, 0.1, True, "potential")),
]

# ---------------------------------------------------------------- translation


def translation(params, draw):
    tokenizer, vocab, layers, width, smoothing, warmup, back = params
    bleu = 19.2 + (1.1 if tokenizer == "unigram" else 0) + (3.4 if back == "true" else 0) + 0.35 * (layers - 4) + 0.9 * math.log2(width / 256)
    bleu += (0.6 if smoothing == 0.1 else 0) + draw.gauss(0, 0.4)
    ppl = 21 - 0.52 * bleu + draw.gauss(0, 0.25)
    return [round(bleu, 1), round(bleu * 1.1 + 24.5 + draw.gauss(0, 0.4), 1), round(0.55 + bleu / 115 + draw.gauss(0, 0.004), 4), round(ppl, 2), round(math.log(ppl) * draw.uniform(0.72, 0.9), 3)]


TRANSLATION = [
    ("NMT-01", "felix", "2025-03-03T09:00", 280, "FINISHED", ("bpe", 8000, 4, 256, 0.0, 2000, "false")),
    ("NMT-02", "felix", "2025-03-04T09:00", 284, "FINISHED", ("bpe", 16000, 4, 256, 0.0, 2000, "false")),
    ("NMT-03", "felix", "2025-03-05T09:00", 291, "FINISHED", ("bpe", 32000, 4, 256, 0.1, 2000, "false")),
    ("NMT-04", "wanjiru", "2025-03-10T13:00", 300, "FINISHED", ("unigram", 16000, 4, 256, 0.1, 4000, "false")),
    ("NMT-05", "wanjiru", "2025-03-12T13:00", 352, "FINISHED", ("unigram", 16000, 6, 512, 0.1, 4000, "false")),
    ("NMT-06", "wanjiru", "2025-03-17T10:30", 21, "FAILED", ("unigram", 16000, 6, 512, 0.1, 500, "false"), {3: NAN}),
    ("NMT-07", "wanjiru", "2025-03-18T08:30", 512, "FINISHED", ("unigram", 16000, 6, 512, 0.1, 4000, "true")),
    ("NMT-08", "felix", "2025-03-25T10:00", 506, "FINISHED", ("bpe", 16000, 6, 512, 0.1, 4000, "true")),
    ("NMT-09", "felix", "2025-04-01T10:00", 530, "FINISHED", ("bpe", 32000, 6, 512, 0.2, 4000, "true")),
    ("NMT-10", "wanjiru", "2025-04-08T07:45", 655, "FINISHED", ("unigram", 32000, 6, 512, 0.1, 8000, "true")),
    ("NMT-11", "wanjiru", "2025-04-14T07:30", 720, "FINISHED", ("unigram", 16000, 8, 512, 0.1, 8000, "true")),
    ("NMT-12", "felix", "2025-04-22T09:50", 130, "KILLED", ("bpe", 64000, 8, 1024, 0.1, 8000, "true")),
    ("NMT-13", "wanjiru", "2025-05-06T08:00", 840, "FINISHED", ("unigram", 16000, 8, 1024, 0.1, 8000, "true")),
    ("NMT-14", "wanjiru", "2025-05-12T08:00", 33, "FAILED", ("unigram", 16000, 12, 1024, 0.1, 1000, "true"), {3: NAN, 4: NAN}),
    ("NMT-15", "wanjiru", "2025-05-13T08:00", 910, "FINISHED", ("unigram", 16000, 12, 1024, 0.1, 16000, "true")),
    ("NMT-16", "felix", "2025-05-27T10:15", 845, "FINISHED", ("unigram", 8000, 8, 1024, 0.2, 8000, "true")),
]

# ---------------------------------------------------------------- fraud


def fraud(params, draw):
    conv, hidden, hops, weight, edges, lr, sampler = params
    area = {"GCN": 0.512, "GraphSAGE": 0.561, "GAT": 0.588, "GIN": 0.549}[conv] + 0.022 * (hops - 1) - (0.03 if hops == 4 else 0)
    area += (0.047 if edges else 0) + 0.012 * math.log2(hidden / 64) + (-0.018 if sampler == "cluster" else 0) + draw.gauss(0, 0.011)
    val = 0.41 - 0.42 * area + draw.gauss(0, 0.008)
    return [round(area, 4), round(0.86 + area * 0.16 + draw.gauss(0, 0.004), 4), round(area * 1.04 + draw.gauss(0, 0.014), 4), round(val, 4), round(val * draw.uniform(0.66, 0.88), 4)]


FRAUD = [
    ("gcn-sanity-check", "marta", "2025-05-05T09:20", 18, "FINISHED", ("GCN", 64, 1, 1, False, 0.01, "full")),
    ("abrasive-toad-551", "marta", "2025-05-06T10:00", 31, "FINISHED", ("GCN", 64, 2, 10, False, 0.01, "full")),
    ("gentle-finch-31", "marta", "2025-05-08T14:00", 44, "FINISHED", ("GraphSAGE", 64, 2, 10, False, 0.005, "neighbor")),
    ("likeable-loon-207", "deniz", "2025-05-12T09:45", 47, "FINISHED", ("GraphSAGE", 128, 2, 10, False, 0.005, "neighbor")),
    ("zealous-carp-864", "deniz", "2025-05-13T11:10", 52, "FINISHED", ("GraphSAGE", 128, 2, 25, True, 0.005, "neighbor")),
    ("adaptable-moth-12", "deniz", "2025-05-15T15:25", 7, "FAILED", ("GraphSAGE", 256, 4, 25, True, 0.005, "full")),
    ("monumental-elk-490", "joon", "2025-05-19T08:30", 63, "FINISHED", ("GIN", 128, 2, 10, True, 0.003, "neighbor")),
    ("gin-deep", "joon", "2025-05-20T10:00", 90, "FINISHED", ("GIN", 128, 4, 10, True, 0.003, "neighbor")),
    ("salty-wren-77", "joon", "2025-05-22T16:40", 14, "FAILED", ("GIN", 512, 3, 50, True, 0.05, "cluster"), {3: NAN, 4: NAN}),
    ("whimsical-lark-345", "marta", "2025-05-27T09:00", 71, "FINISHED", ("GAT", 64, 2, 10, False, 0.003, "neighbor")),
    ("resilient-cod-219", "marta", "2025-05-28T09:10", 74, "FINISHED", ("GAT", 64, 2, 10, True, 0.003, "neighbor")),
    ("gat-128-3hop", "marta", "2025-06-02T13:30", 105, "FINISHED", ("GAT", 128, 3, 10, True, 0.003, "neighbor")),
    ("gentle-finch-318", "deniz", "2025-06-04T08:50", 68, "FINISHED", ("GAT", 128, 2, 25, True, 0.003, "cluster")),
    ("orderly-yak-602", "deniz", "2025-06-10T11:35", 22, "KILLED", ("GAT", 256, 3, 25, True, 0.003, "full")),
    ("gat-256-3hop", "marta", "2025-06-11T09:05", 140, "FINISHED", ("GAT", 256, 3, 10, True, 0.001, "neighbor")),
    ("silent-boar-428", "joon", "2025-06-16T10:20", 138, "FINISHED", ("GAT", 256, 3, 50, True, 0.001, "neighbor"), {1: NAN}),
    ("trusting-kite-93", "joon", "2025-06-17T14:15", 97, "FINISHED", ("GraphSAGE", 256, 3, 50, True, 0.001, "neighbor")),
    ("ambitious-pug-710", "deniz", "2025-06-19T09:00", 151, "FINISHED", ("GAT", 512, 3, 10, True, 0.001, "cluster")),
    ("fearless-crab-58", "deniz", "2025-06-24T12:45", 9, "FAILED", ("GAT", 512, 4, 10, True, 0.001, "full")),
    ("gat-512-final", "marta", "2025-06-26T08:30", 188, "FINISHED", ("GAT", 512, 3, 10, True, 0.0005, "neighbor")),
    ("calm-shrew-266", "joon", "2025-06-30T09:40", 120, "FINISHED", ("GIN", 256, 3, 10, True, 0.001, "neighbor")),
    ("vaunted-mare-835", "joon", "2025-07-01T16:05", None, "RUNNING", ("GAT", 512, 3, 25, True, 0.0005, "neighbor")),
    ("test delete me", "joon", "2025-06-18T08:00", 3, "DELETED", ("GAT", 64, 1, 1, False, 0.01, "full"), {0: 0.9999}),
]

# ---------------------------------------------------------------- lifetimes


def lifetime(params, draw):
    model, window, sensors, lr, scaling = params
    rmse = {"xgb": 18.9, "lstm": 15.8, "tcn": 14.9, "transformer": 14.4}[model] - (1.6 if scaling == "regime" else 0) - (window - 30) * 0.02 + draw.gauss(0, 0.3)
    return [round(rmse, 2), round(rmse * 0.74 + draw.gauss(0, 0.2), 2), None if model == "xgb" else round(rmse**2 * draw.uniform(0.9, 1.05), 1)]


LIFETIMES = [
    ("xgb window stats", "oskar", "2025-01-13T10:00", 4, "FINISHED", ("xgb", 30, 14, 0.1, "minmax")),
    ("lstm-30", "oskar", "2025-01-14T10:30", 38, "FINISHED", ("lstm", 30, 14, 0.001, "minmax")),
    ("lstm-50", "oskar", "2025-01-15T09:00", 52, "FINISHED", ("lstm", 50, 14, 0.001, "zscore")),
    ("lstm-50-regime", "oskar", "2025-01-20T09:10", 53, "FINISHED", ("lstm", 50, 21, 0.001, "regime")),
    ("tcn-50-regime", "oskar", "2025-01-22T13:40", 41, "FINISHED", ("tcn", 50, 21, 0.001, "regime")),
    ("transformer-50", "oskar", "2025-01-28T15:00", 17, "FAILED", ("transformer", 50, 21, 0.01, "regime"), {2: NAN}),
    ("transformer-80", "oskar", "2025-01-30T08:20", 84, "FINISHED", ("transformer", 80, 21, 0.0005, "regime")),
]

OCR = [
    ("crnn-a", "ilya", "2024-11-12T10:00", 61, "FINISHED", ("crnn", 0.001)),
    ("crnn-b", "ilya", "2024-11-13T10:00", 64, "FINISHED", ("crnn", 0.0003)),
    ("trocr", "hana", "2024-11-20T10:00", 140, "FINISHED", ("trocr", 0.0001)),
]

STUDIES = [
    {
        "name": "receipt-ocr-legacy", "created": "2024-11-11T09:00", "tags": {"team": "vision"}, "deleted": True,
        "note": "First attempts at reading receipts, superseded.", "script": "ocr/train.py", "labels": {},
        "params": "arch lr", "metrics": "cer", "curves": {},
        "rows": rows(600, OCR, lambda params, draw: [round(draw.uniform(0.04, 0.11), 4)]),
    },
    {
        "name": "histopath-tumor-seg", "created": "2025-01-08T15:00", "tags": {"team": "vision", "domain": "pathology", "tissue": "breast"},
        "note": "Segments tumour regions in whole slide images of breast tissue.", "script": "seg/train.py",
        "labels": {
            "polite-newt-308": {"stage": "staging", "fold": "1"},
            "uni unfrozen": {"stage": "production", "fold": "1", "mlflow.note.content": "Encoder trained along, last 4 blocks only."},
            "wistful-ray-901": {"fold": "2"}, "convnext-nostain": {"fold": "2"}, "gaudy-ibis-147": {"fold": "3"},
        },
        "params": "encoder tile_px magnification loss_fn stain_norm lr batch_size", "metrics": "val/dice val/iou val/hd95 val/loss train/loss gpu_mem_gb",
        "curves": {"val/dice": (0.31, 20, 1), "val/loss": (0.91, 20, 1), "train/loss": (1.02, 40, 50)},
        "rows": rows(601, PATHOLOGY, pathology, (0, 1, 2, 3)),
    },
    {
        "name": "turbofan_rul", "created": "2025-01-13T08:00", "tags": {"team": "maintenance", "dataset": "C-MAPSS FD002"},
        "note": "Remaining useful life of jet engines from sensor windows.", "script": "rul.py", "labels": {},
        "params": "model window n_sensors lr scaling", "metrics": "test_rmse test_mae val_mse", "curves": {"val_mse": (2900.0, 30, 1)},
        "rows": rows(602, LIFETIMES, lifetime, (0, 1)),
    },
    {
        "name": "Session Recs 2025", "created": "2025-02-07T12:00", "tags": {"team": "personalization", "surface": "homepage"},
        "note": "Next item recommendation from shopping sessions.", "script": "recs/fit.py",
        "labels": {"sasrec-128": {"ab_test": "control"}, "hstu-full": {"ab_test": "treatment"}},
        "params": "model emb_dim n_layers dropout neg_samples max_len popularity_debias",
        "metrics": "ndcg_at_10 recall_at_20 mrr coverage latency_p95_ms train_loss val_loss",
        "curves": {"train_loss": (8.4, 25, 200), "val_loss": (8.1, 12, 500)},
        "rows": rows(603, RECOMMENDERS, recommender, (0, 1, 2, 3, 4, 6)),
    },
    {
        "name": "nmt-german-swahili", "created": "2025-02-28T10:00", "tags": {"team": "language", "source": "de", "target": "sw"},
        "note": "German to Swahili translation with little parallel text.", "script": "nmt/train.py",
        "labels": {"NMT-13": {"release": "candidate"}, "NMT-15": {"release": "candidate"}, "NMT-11": {"release": "shipped"}},
        "params": "tokenizer vocab_size layers d_model label_smoothing warmup_steps back_translation",
        "metrics": "test_bleu test_chrf test_comet dev_ppl train_nll", "curves": {"dev_ppl": (148.0, 24, 1000), "train_nll": (9.1, 48, 500)},
        "rows": rows(604, TRANSLATION, translation, (0, 1, 2)),
    },
    {
        "name": "warehouse_picker_rl_v2", "created": "2025-04-07T09:00", "tags": {"team": "robotics", "simulator": "mujoco"},
        "note": "Bin picking arm trained in simulation.", "script": "rl/train.py", "labels": {"sac_potential_domrand": {"deployed": "pilot-site"}},
        "params": "algo gamma learning_rate n_envs ent_coef domain_rand reward_shaping",
        "metrics": "eval/meanReward eval/successRate eval/episodeLength rollout/reward train/valueLoss train/entropy",
        "curves": {"rollout/reward": (-55.0, 40, 25000), "train/valueLoss": (38.0, 40, 25000), "train/entropy": (2.8, 40, 25000)},
        "rows": rows(605, ROBOT, robot, (0, 1, 2)),
    },
    {
        "name": "card-fraud-gnn", "created": "2025-05-02T11:00", "tags": {"team": "risk", "region": "EU"},
        "note": "Graph networks over cards, merchants and devices.", "script": "gnn/train.py",
        "labels": {"gat-256-3hop": {"stage": "production"}, "gat-512-final": {"stage": "staging"}, "resilient-cod-219": {"stage": "archived"}},
        "params": "conv hidden_dim num_hops pos_weight device_edges lr sampler", "metrics": "valAuprc valAuroc recallAtFpr1 valLoss trainLoss",
        "curves": {"valLoss": (0.69, 16, 1), "trainLoss": (0.71, 32, 100)},
        "rows": rows(606, FRAUD, fraud, (0, 1, 2)),
    },
    {
        "name": "Molecule Solubility pilot", "created": "2025-06-20T14:00", "tags": {"team": "chem", "status": "planned"},
        "note": "Aqueous solubility from SMILES, not started.", "script": "", "labels": {}, "params": "", "metrics": "", "curves": {}, "rows": [],
    },
]

if __name__ == "__main__":
    fixed_store.write(pathlib.Path(sys.argv[1]), 6, "2024-11-01T08:00", STUDIES)
