#!/usr/bin/env python3
"""Write a store of eight experiments from yet other fields, one of them empty and one deleted, with MLflow's own client.

    python make_fifth_store.py fifth.db

Deterministic: fixed seed, fixed times, fixed ids.
"""

import pathlib
import sys

from fixed_store import write

NAN = float("nan")
NO = None
F, R, K, X = "FINISHED", "RUNNING", "KILLED", "FAILED"

# As in the fourth store: rows are (name, user, start, minutes, status, parameters, metrics); curves are
# metric: (first value, steps, distance of the steps).
STUDIES = [
    dict(
        name="reco-two-tower-v4", created="2025-11-03T07:00", script="reco/train.py",
        tags={"team": "personalization", "owner": "farah", "project": "homefeed", "trialogue.primary_metric": "recall_at_10"},
        note="Two-tower recommender for the home feed, fourth generation",
        params="embed_dim batch_size num_negatives temperature objective use_history",
        metrics="recall_at_10 recall_at_100 NDCG-10 coverage train/softmax_loss val/softmax_loss",
        curves={"train/softmax_loss": (7.6, 40, 500), "val/softmax_loss": (7.4, 20, 1000)},
        rows=[
            ("tt_d32_neg5", "farah", "2025-11-03T09:00", 70, F, (32, 1024, 5, 0.1, "softmax", False), (0.1412, 0.3821, 0.0834, 0.412, 4.212, 4.301)),
            ("tt_d64_neg5", "farah", "2025-11-04T09:00", 74, F, (64, 1024, 5, 0.1, "softmax", False), (0.1528, 0.4013, 0.0911, 0.437, 4.051, 4.166)),
            ("tt_d64_neg20", "farah", "2025-11-05T09:00", 88, F, (64, 1024, 20, 0.1, "softmax", False), (0.1603, 0.4127, 0.0957, 0.461, 3.921, 4.058)),
            ("tt_d128_neg20", "farah", "2025-11-07T09:00", 102, F, (128, 1024, 20, 0.1, "softmax", False), (0.1671, 0.4216, 0.0998, 0.448, 3.802, 3.997)),
            ("tt_d128_neg20_t05", "wei", "2025-11-11T02:00", 101, F, (128, 1024, 20, 0.05, "softmax", False), (0.1749, 0.4302, 0.1043, 0.472, 3.655, 3.884)),
            ("tt_d128_neg20_t01", "wei", "2025-11-12T02:00", 103, F, (128, 1024, 20, 0.01, "softmax", False), (0.1587, 0.4098, 0.0949, 0.391, 3.511, 4.12)),
            ("tt_d128_neg100_t05", "wei", "2025-11-14T02:00", 66, K, (128, 1024, 100, 0.05, "softmax", False), (0.1698, 0.4244, 0.1012, 0.469, 3.744, 3.93)),
            ("tt_d128_hist", "wei", "2025-11-19T02:00", 150, F, (128, 1024, 20, 0.05, "softmax", True), (0.1893, 0.4517, 0.1129, 0.503, 3.488, 3.741)),
            ("tt_d256_hist", "wei", "2025-11-21T02:00", 191, F, (256, 1024, 20, 0.05, "softmax", True), (0.1937, 0.4571, 0.1158, 0.489, 3.352, 3.702)),
            ("tt_d256_hist_bpr", "farah", "2025-11-25T09:00", 187, F, (256, 1024, 20, 0.05, "bpr", True), (0.1822, 0.4439, 0.1087, 0.528, 3.571, 3.802)),
            ("tt_d256_hist_inbatch", "farah", "2025-11-27T09:00", 160, F, (256, 1024, 0, 0.05, "in-batch", True), (0.1937, 0.4588, 0.1151, 0.496, 3.371, 3.715)),
            ("tt_d512_hist", "wei", "2025-12-02T02:00", 11, X, (512, 1024, 20, 0.05, "softmax", True), (NO, NO, NO, NO, NAN, NAN)),
            ("tt_d256_hist_b8k", "wei", "2025-12-04T02:00", 205, F, (256, 8192, 20, 0.05, "softmax", True), (0.2014, 0.4693, 0.1207, 0.511, 3.281, 3.644)),
            ("tt_d256_hist_b16k", "wei", "2025-12-09T02:00", 214, F, (256, 16384, 20, 0.05, "softmax", True), (0.1996, 0.4702, 0.1193, 0.517, 3.262, 3.651)),
            ("tt_leaky_split", "farah", "2025-12-10T09:00", 80, "DELETED", (256, 8192, 20, 0.05, "softmax", True), (0.6121, 0.9014, 0.4433, 0.302, 2.1, 2.2)),
        ],
        labels={"tt_d256_hist_b8k": {"stage": "ab-test"}, "tt_d512_hist": {"error": "loss is NaN at step 14000"}},
    ),
    dict(
        name="chess-selfplay", created="2025-11-10T06:00", script="selfplay.py",
        tags={"team": "games", "owner": "bogdan", "trialogue.primary_metric": "Elo"},
        note="Chess engine that learns from playing itself",
        params="blocks filters simulations c_puct dirichlet_alpha symmetry",
        metrics="Elo policy.loss value.loss win-rate draw-rate games_per_hour",
        curves={"Elo": (800, 25, 4), "policy.loss": (6.9, 50, 2), "value.loss": (1.02, 50, 2)},
        rows=[
            ("gen-001", "bogdan", "2025-11-10T08:00", 600, F, (6, 64, 100, 1.5, 0.3, False), (1412, 2.91, 0.88, 0.31, 0.22, 2100)),
            ("gen-002", "bogdan", "2025-11-12T08:00", 610, F, (6, 64, 200, 1.5, 0.3, False), (1568, 2.74, 0.84, 0.36, 0.25, 1150)),
            ("gen-003", "bogdan", "2025-11-15T08:00", 780, F, (10, 128, 200, 1.5, 0.3, False), (1833, 2.41, 0.77, 0.44, 0.29, 820)),
            ("gen-004", "mei", "2025-11-18T08:00", 800, F, (10, 128, 400, 1.5, 0.3, False), (1957, 2.33, 0.75, 0.47, 0.31, 430)),
            ("gen-005", "mei", "2025-11-21T08:00", 800, F, (10, 128, 400, 2.5, 0.3, False), (1921, 2.35, 0.76, 0.45, 0.33, 428)),
            ("gen-006", "mei", "2025-11-25T08:00", 900, F, (10, 128, 800, 1.5, 0.3, False), (2011, 2.29, 0.73, 0.49, 0.34, 221)),
            ("gen-007", "bogdan", "2025-12-01T08:00", 25, X, (20, 256, 400, 1.5, 0.3, False), (NO, NO, NO, NO, NO, NO)),
            ("gen-008", "bogdan", "2025-12-02T08:00", 1100, F, (20, 256, 400, 1.5, 0.3, True), (2264, 2.02, 0.66, 0.55, 0.37, 140)),
            ("gen-009", "bogdan", "2025-12-08T08:00", 1200, F, (20, 256, 800, 1.5, 0.3, True), (2338, 1.97, 0.64, 0.58, 0.38, 74)),
            ("gen-010", "mei", "2025-12-12T08:00", 1190, F, (20, 256, 800, 1.5, 0.15, True), (2301, 1.99, 0.65, 0.56, 0.41, 75)),
            ("gen-011", "mei", "2025-12-18T08:00", 700, K, (20, 256, 1600, 1.5, 0.3, True), (2275, 2.01, 0.66, 0.55, 0.4, 38)),
            ("gen-012", "bogdan", "2026-01-06T08:00", 1380, F, (40, 256, 400, 1.5, 0.3, True), (2397, 1.9, 0.61, 0.61, 0.39, 58)),
            ("gen-013", "bogdan", "2026-01-14T08:00", 1430, F, (40, 256, 800, 1.5, 0.3, True), (2452, 1.86, 0.6, 0.63, 0.4, 31)),
            ("gen-014", "mei", "2026-01-26T08:00", NO, R, (40, 384, 800, 1.5, 0.3, True), (2389, 1.92, 0.62, 0.6, 0.42, 19)),
        ],
        labels={"gen-013": {"stage": "release", "mlflow.note.content": "Beat the reference engine 63 to 37."}},
    ),
    dict(
        name="Crop Yield EU 2025", created="2025-11-17T07:00", script="yield/fit.py",
        tags={"team": "agronomy", "owner": "joaquin", "project": "harvest-outlook"},
        note="Yield of wheat, maize and barley per region, from weather and soil",
        params="crop model months_of_weather soil_data n_estimators", metrics="R2 RMSE_t_ha MAE_t_ha bias_pct", curves={},
        rows=[
            ("wheat-01", "joaquin", "2025-11-17T09:00", 3, F, ("wheat", "ridge", 4, False, NO), (0.512, 1.241, 0.978, -2.1)),
            ("wheat-02", "joaquin", "2025-11-17T11:00", 3, F, ("wheat", "ridge", 8, False, NO), (0.548, 1.193, 0.931, -1.7)),
            ("wheat-03", "joaquin", "2025-11-18T09:00", 12, F, ("wheat", "random_forest", 8, False, 300), (0.631, 1.078, 0.842, 1.2)),
            ("wheat-04", "joaquin", "2025-11-20T09:00", 9, F, ("wheat", "lightgbm", 8, False, 500), (0.668, 1.022, 0.797, 0.6)),
            ("maize-01", "elif", "2025-11-24T09:00", 3, F, ("maize", "ridge", 4, False, NO), (0.471, 1.612, 1.288, 3.4)),
            ("maize-02", "elif", "2025-11-25T09:00", 14, F, ("maize", "random_forest", 8, False, 300), (0.583, 1.431, 1.137, 2.2)),
            ("maize-03", "elif", "2025-11-28T09:00", 10, F, ("maize", "lightgbm", 8, False, 500), (0.617, 1.371, 1.083, 1.5)),
            ("wheat-05", "joaquin", "2025-12-03T09:00", 11, F, ("wheat", "lightgbm", 8, True, 500), (0.702, 0.968, 0.751, 0.4)),
            ("wheat-06", "joaquin", "2025-12-05T09:00", 19, F, ("wheat", "lightgbm", 12, True, 1000), (0.702, 0.971, 0.748, 0.3)),
            ("maize-04", "elif", "2025-12-10T09:00", 1, X, ("maize", "lightgbm", 8, True, 500), (NO, NO, NO, NO)),
            ("maize-05", "elif", "2025-12-10T15:00", 12, F, ("maize", "lightgbm", 8, True, 500), (0.654, 1.303, 1.026, 1.1)),
            ("maize-06", "elif", "2025-12-17T09:00", 21, F, ("maize", "lightgbm", 12, True, 1000), (0.661, 1.29, 1.014, 0.9)),
            ("barley-01", "elif", "2026-01-13T09:00", 11, F, ("barley", "random_forest", 8, False, 300), (0.594, 0.902, 0.711, -0.8)),
            ("barley-02", "elif", "2026-01-20T09:00", 9, F, ("barley", "lightgbm", 8, True, 500), (0.647, 0.841, 0.662, -0.5)),
        ],
        labels={"wheat-06": {"stage": "published"}, "maize-04": {"error": "soil map has no values for Thessaly"}},
    ),
    dict(
        name="sepsis-early-warning", created="2025-12-01T06:00", script="icu/train.py",
        tags={"team": "icu-analytics", "owner": "ingrid", "trialogue.lower_is_better": "alarms_per_day"},
        note="Early warning of sepsis in intensive care; alarms per ward and day",
        params="model window_h imputation lr focal_gamma calibrated",
        metrics="val/AUROC val/AUPRC test/AUROC alarms_per_day lead_time_h train/bce val/bce",
        curves={"train/bce": (0.693, 30, 1), "val/bce": (0.691, 30, 1), "val/AUROC": (0.52, 30, 1)},
        rows=[
            ("brisk-heron-112", "ingrid", "2025-12-01T08:00", 35, F, ("gru", 6, "forward_fill", 0.001, 0, False), (0.812, 0.341, 0.803, 9.4, 3.1, 0.214, 0.231)),
            ("brisk-heron-113", "ingrid", "2025-12-02T08:00", 38, F, ("gru", 12, "forward_fill", 0.001, 0, False), (0.826, 0.362, 0.814, 8.7, 4.2, 0.207, 0.225)),
            ("mellow-otter-41", "ingrid", "2025-12-04T08:00", 44, F, ("gru-d", 12, "none", 0.001, 0, False), (0.841, 0.389, 0.832, 7.9, 4.6, 0.193, 0.213)),
            ("tidy-falcon-508", "pavel", "2025-12-08T08:00", 29, F, ("tcn", 12, "forward_fill", 0.001, 2, False), (0.838, 0.394, 0.829, 8.1, 4.4, 0.197, 0.216)),
            ("tidy-falcon-509", "pavel", "2025-12-09T08:00", 41, F, ("tcn", 24, "forward_fill", 0.001, 2, False), (0.849, 0.407, 0.836, 7.2, 5.8, 0.188, 0.209)),
            ("woolly-newt-77", "pavel", "2025-12-11T08:00", 6, X, ("tcn", 24, "mean", 0.01, 2, False), (NO, NO, NO, NO, NO, NAN, NAN)),
            ("quiet-lynx-230", "pavel", "2025-12-15T08:00", 96, F, ("transformer", 24, "forward_fill", 0.0003, 2, False), (0.857, 0.421, 0.844, 6.8, 6.0, 0.179, 0.204)),
            ("quiet-lynx-231", "pavel", "2025-12-16T08:00", 98, F, ("transformer", 24, "none", 0.0003, 2, False), (0.862, 0.433, 0.851, 6.3, 6.1, 0.174, 0.201)),
            ("solemn-yak-6", "ingrid", "2025-12-18T08:00", 141, F, ("transformer", 48, "none", 0.0003, 2, False), (0.862, 0.428, 0.846, 6.5, 7.4, 0.169, 0.203)),
            ("solemn-yak-7", "ingrid", "2025-12-19T08:00", 147, F, ("transformer", 48, "none", 0.0001, 2, True), (0.861, 0.43, 0.853, 4.9, 7.3, 0.172, 0.199)),
            ("cosmic-mole-19", "amina", "2026-01-07T08:00", 8, F, ("lightgbm", 24, "mean", 0.05, 0, True), (0.854, 0.418, 0.847, 5.2, 5.5, 0.163, 0.206)),
            ("cosmic-mole-20", "amina", "2026-01-08T08:00", 70, K, ("transformer", 72, "none", 0.0003, 2, False), (0.829, 0.377, NO, 8.3, 7.0, 0.201, 0.222)),
            ("cosmic-mole-21", "amina", "2026-01-12T08:00", 150, F, ("transformer", 48, "none", 0.0003, 2, True), (0.868, 0.441, 0.858, 5.1, 7.5, 0.166, 0.198)),
        ],
        labels={"solemn-yak-7": {"stage": "shadow-mode"}, "cosmic-mole-21": {"stage": "candidate"}},
    ),
    dict(
        name="code-completion-7b", created="2026-01-05T07:00", script="accelerate launch finetune.py",
        tags={"team": "devtools", "owner": "rohan", "project": "ide-assistant"},
        note="Fine-tuning open models to complete code in the editor",
        params="base_model context_len fim_rate lr lora data_mix",
        metrics="HumanEval_pass_at_1 MBPP_pass_at_1 edit-similarity latency_p95_ms eval/perplexity train/loss",
        curves={"train/loss": (2.6, 50, 100), "eval/perplexity": (8.2, 25, 200)},
        rows=[
            ("starcoder_ctx2k_fim0", "rohan", "2026-01-05T09:00", 480, F, ("starcoder2-7b", 2048, 0.0, 0.0002, True, "python-only"), (0.341, 0.462, 0.612, 184, 3.41, 1.212)),
            ("starcoder_ctx4k_fim0", "rohan", "2026-01-07T09:00", 530, F, ("starcoder2-7b", 4096, 0.0, 0.0002, True, "python-only"), (0.348, 0.469, 0.624, 231, 3.33, 1.187)),
            ("starcoder_ctx4k_fim50", "rohan", "2026-01-09T09:00", 535, F, ("starcoder2-7b", 4096, 0.5, 0.0002, True, "python-only"), (0.344, 0.467, 0.681, 229, 3.35, 1.201)),
            ("starcoder_ctx4k_fim90", "rohan", "2026-01-12T09:00", 533, F, ("starcoder2-7b", 4096, 0.9, 0.0002, True, "python-only"), (0.327, 0.449, 0.676, 230, 3.48, 1.246)),
            ("qwen_ctx4k_fim50", "sunhee", "2026-01-15T01:00", 510, F, ("qwen2.5-7b", 4096, 0.5, 0.0002, True, "python-only"), (0.512, 0.603, 0.703, 212, 2.94, 1.034)),
            ("qwen_ctx8k_fim50", "sunhee", "2026-01-19T01:00", 760, F, ("qwen2.5-7b", 8192, 0.5, 0.0002, True, "python-only"), (0.518, 0.611, 0.722, 318, 2.87, 1.017)),
            ("qwen_ctx8k_fim50_full", "sunhee", "2026-01-22T01:00", 1320, F, ("qwen2.5-7b", 8192, 0.5, 0.00002, False, "python-only"), (0.537, 0.628, 0.731, 317, 2.79, 0.968)),
            ("qwen_ctx16k_fim50_full", "sunhee", "2026-01-24T01:00", 14, X, ("qwen2.5-7b", 16384, 0.5, 0.00002, False, "python-only"), (NO, NO, NO, NO, NO, NAN)),
            ("deepseek_ctx8k_fim50", "rohan", "2026-01-28T09:00", 740, F, ("deepseek-6.7b", 8192, 0.5, 0.0002, True, "python-only"), (0.529, 0.619, 0.728, 301, 2.83, 0.991)),
            ("deepseek_ctx8k_fim50_poly", "rohan", "2026-02-02T09:00", 752, F, ("deepseek-6.7b", 8192, 0.5, 0.0002, True, "polyglot"), (0.521, 0.607, 0.737, 302, 2.81, 0.997)),
            ("deepseek_ctx8k_fim50_full", "rohan", "2026-02-05T09:00", 1290, F, ("deepseek-6.7b", 8192, 0.5, 0.00002, False, "polyglot"), (0.548, 0.634, 0.749, 303, 2.72, 0.941)),
            ("deepseek_ctx8k_fim70_full", "carla", "2026-02-10T10:00", 1295, F, ("deepseek-6.7b", 8192, 0.7, 0.00002, False, "polyglot"), (0.541, 0.634, 0.756, 299, 2.74, 0.952)),
            ("deepseek_ctx8k_fim50_lr1e-3", "carla", "2026-02-12T10:00", 210, K, ("deepseek-6.7b", 8192, 0.5, 0.001, True, "polyglot"), (0.302, 0.411, 0.588, 300, 4.02, 1.487)),
        ],
        labels={"deepseek_ctx8k_fim50_full": {"stage": "production"}, "qwen_ctx16k_fim50_full": {"error": "CUDA out of memory"}},
    ),
    dict(
        name="legal-doc-retrieval", created="2026-01-12T07:00", script="retrieval/run_eval.py",
        tags={"team": "search", "owner": "beatrix", "project": "case-law"},
        note="Finding court decisions and contracts that answer a lawyer's question",
        params="encoder chunk_size overlap hybrid reranker top_k", metrics="MRR recall_at_50 latency_ms index_gb train_loss val_loss",
        curves={"train_loss": (1.9, 40, 250), "val_loss": (1.8, 20, 500)},
        rows=[
            ("LDR-101", "beatrix", "2026-01-12T09:00", 20, F, ("bm25", 512, 0, False, "none", 50), (0.412, 0.687, 18, 1.2, NO, NO)),
            ("LDR-102", "beatrix", "2026-01-14T09:00", 240, F, ("mpnet", 512, 0, False, "none", 50), (0.468, 0.742, 31, 4.6, 0.412, 0.461)),
            ("LDR-103", "beatrix", "2026-01-16T09:00", 260, F, ("mpnet", 256, 64, False, "none", 50), (0.487, 0.768, 37, 9.1, 0.398, 0.452)),
            ("LDR-104", "tomasz", "2026-01-20T09:00", 310, F, ("legal-bert", 256, 64, False, "none", 50), (0.503, 0.781, 38, 9.1, 0.371, 0.431)),
            ("LDR-105", "tomasz", "2026-01-22T09:00", 312, F, ("legal-bert", 256, 64, True, "none", 50), (0.541, 0.823, 56, 10.3, 0.37, 0.43)),
            ("LDR-106", "tomasz", "2026-01-27T09:00", 505, F, ("e5-large", 256, 64, True, "none", 50), (0.566, 0.841, 71, 14.8, 0.329, 0.402)),
            ("LDR-107", "tomasz", "2026-01-29T09:00", 16, X, ("e5-large", 1024, 128, True, "none", 50), (NO, NO, NO, NO, NAN, NAN)),
            ("LDR-108", "beatrix", "2026-02-03T09:00", 530, F, ("e5-large", 256, 64, True, "cross-encoder", 50), (0.628, 0.841, 212, 14.8, 0.329, 0.402)),
            ("LDR-109", "beatrix", "2026-02-06T09:00", 535, F, ("e5-large", 256, 64, True, "cross-encoder", 100), (0.634, 0.857, 398, 14.8, 0.328, 0.401)),
            ("LDR-110", "nils", "2026-02-17T09:00", 610, F, ("e5-large", 512, 128, True, "colbert", 100), (0.641, 0.862, 164, 22.4, 0.317, 0.396)),
            ("LDR-111", "nils", "2026-02-24T09:00", 400, K, ("gte-qwen", 512, 128, True, "colbert", 100), (0.609, 0.848, 187, 31.5, 0.342, 0.418)),
            ("LDR-112", "nils", "2026-03-03T09:00", 820, F, ("gte-qwen", 512, 128, True, "colbert", 100), (0.659, 0.871, 190, 31.5, 0.288, 0.379)),
            ("LDR-113", "nils", "2026-03-09T09:00", NO, R, ("gte-qwen", 256, 64, True, "colbert", 100), (0.652, 0.874, 181, 33.9, 0.301, 0.385)),
        ],
        labels={"LDR-109": {"stage": "production"}, "LDR-107": {"error": "no space left on the index disk"}},
    ),
    dict(
        name="speech-emotion-pilot", created="2026-02-26T08:00", script="",
        note="Mood of callers from their voice; still waiting for the recordings",
        tags={"team": "voice", "owner": "leila"}, params="", metrics="", curves={}, rows=[], labels={},
    ),
    dict(
        name="solar-power-2024", created="2025-11-04T08:00", script="pv.py", note="Given up for a vendor's forecast", deleted=True,
        tags={"team": "energy", "owner": "kwame"}, params="horizon", metrics="nMAE", curves={}, labels={},
        rows=[("pv_6h", "kwame", "2025-11-04T10:00", 30, F, (6,), (0.081,)), ("pv_24h", "kwame", "2025-11-05T10:00", 31, F, (24,), (0.117,))],
    ),
]


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]).resolve(), 20260310, "2025-10-01T06:00", STUDIES)
