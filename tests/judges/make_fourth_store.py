#!/usr/bin/env python3
"""Write a store of eight experiments from yet other fields, one of them empty and one deleted, with MLflow's own client.

    python make_fourth_store.py fourth.db

Deterministic: fixed seed, fixed times, fixed ids.
"""

import pathlib
import sys

from fixed_store import write

NAN = float("nan")
NO = None

# An experiment: name, created, tags, description, script, keys of the parameters, keys of the metrics, curves
# (metric: first value, steps, distance of the steps), rows (name, user, start, minutes, status, parameters, metrics), tags of single runs.
F, R, K, X = "FINISHED", "RUNNING", "KILLED", "FAILED"
STUDIES = [
    dict(
        name="tox21-gnn", created="2025-07-21T07:00", script="gnn/train.py",
        tags={"team": "cheminformatics", "owner": "helga", "project": "safety-screening"},
        note="Graph networks for toxicity of drug candidates, twelve assays of Tox21",
        params="conv hidden_dim num_layers readout split seed", metrics="roc_auc pr_auc train_loss val_loss",
        curves={"train_loss": (0.69, 40, 1), "val_loss": (0.69, 40, 1)},
        rows=[
            ("gcn_h64_l3_s0", "helga", "2025-07-21T09:00", 22, F, ("gcn", 64, 3, "mean", "random", 0), (0.781, 0.412, 0.198, 0.221)),
            ("gcn_h64_l3_s1", "helga", "2025-07-21T10:00", 22, F, ("gcn", 64, 3, "mean", "random", 1), (0.776, 0.405, 0.199, 0.224)),
            ("gcn_h128_l3_s0", "helga", "2025-07-23T09:00", 25, F, ("gcn", 128, 3, "mean", "random", 0), (0.789, 0.427, 0.19, 0.217)),
            ("gat_h128_l3_s0", "helga", "2025-07-24T09:00", 34, F, ("gat", 128, 3, "attention", "random", 0), (0.797, 0.441, 0.184, 0.211)),
            ("gin_h128_l5_s0", "helga", "2025-07-28T09:00", 38, F, ("gin", 128, 5, "sum", "random", 0), (0.812, 0.463, 0.171, 0.203)),
            ("gin_h256_l5_s0", "helga", "2025-07-30T09:00", 51, F, ("gin", 256, 5, "sum", "random", 0), (0.818, 0.471, 0.158, 0.201)),
            ("gin_h256_l5_scaffold", "dmitri", "2025-08-05T13:00", 52, F, ("gin", 256, 5, "sum", "scaffold", 0), (0.741, 0.356, 0.161, 0.262)),
            ("dmpnn_h300_l3_s0", "dmitri", "2025-08-07T08:00", 61, F, ("dmpnn", 300, 3, "mean", "random", 0), (0.836, 0.498, 0.149, 0.192)),
            ("dmpnn_h300_l3_s1", "dmitri", "2025-08-07T10:00", 61, F, ("dmpnn", 300, 3, "mean", "random", 1), (0.836, 0.494, 0.15, 0.193)),
            ("dmpnn_h300_l3_scaffold", "dmitri", "2025-08-12T08:00", 62, F, ("dmpnn", 300, 3, "mean", "scaffold", 0), (0.772, 0.391, 0.152, 0.247)),
            ("dmpnn_h600_l6_s0", "dmitri", "2025-08-14T08:00", 9, X, ("dmpnn", 600, 6, "mean", "random", 0), (NO, NO, NAN, NAN)),
            ("dmpnn_h300_pretrained", "helga", "2025-09-10T08:00", 95, F, ("dmpnn", 300, 3, "mean", "random", 0), (0.851, 0.527, 0.131, 0.184)),
            ("dmpnn_h300_pretrained_scaffold", "helga", "2025-09-12T08:00", 95, F, ("dmpnn", 300, 3, "mean", "scaffold", 0), (0.803, 0.446, 0.133, 0.229)),
        ],
        labels={"dmpnn_h300_pretrained_scaffold": {"stage": "production", "mlflow.note.content": "The number to quote: scaffolds are what chemists ask about."}},
    ),
    dict(
        name="satellite-landcover-seg", created="2025-08-01T06:30", script="seg/main.py",
        tags={"team": "earth-observation", "owner": "lena", "project": "landcover", "trialogue.primary_metric": "val/mIoU"},
        note="Land cover from Sentinel-2 tiles, nine classes",
        params="backbone bands tile_size lr optimizer tta", metrics="val/mIoU|test/mIoU|IoU.water|IoU.buildings|train/loss|val/loss|pixel acc",
        curves={"train/loss": (1.9, 60, 1), "val/loss": (1.8, 60, 1), "val/mIoU": (0.08, 60, 1)},
        rows=[
            ("exp001", "lena", "2025-08-01T08:00", 95, F, ("resnet50", "rgb", 256, 0.01, "sgd", False), (0.612, 0.598, 0.801, 0.488, 0.641, 0.702, 0.861)),
            ("exp002", "lena", "2025-08-02T08:00", 97, F, ("resnet50", "rgb+nir", 256, 0.01, "sgd", False), (0.648, 0.631, 0.872, 0.497, 0.588, 0.655, 0.879)),
            ("exp003", "lena", "2025-08-05T08:00", 160, F, ("resnet50", "rgb+nir", 512, 0.01, "sgd", False), (0.667, 0.652, 0.88, 0.531, 0.551, 0.628, 0.886)),
            ("exp004", "raj", "2025-08-08T14:00", 140, F, ("swin-t", "rgb+nir", 512, 0.0001, "adamw", False), (0.694, 0.676, 0.891, 0.572, 0.492, 0.574, 0.897)),
            ("exp005", "raj", "2025-08-12T14:00", 145, F, ("swin-t", "all13", 512, 0.0001, "adamw", False), (0.713, 0.699, 0.917, 0.569, 0.463, 0.541, 0.905)),
            ("exp006", "raj", "2025-08-13T14:00", 20, X, ("swin-t", "all13", 1024, 0.0001, "adamw", False), (NO, NO, NO, NO, 1.312, NO, NO)),
            ("exp007", "lena", "2025-08-19T08:00", 180, F, ("segformer-b2", "rgb+nir", 512, 0.00006, "adamw", False), (0.721, 0.703, 0.902, 0.611, 0.447, 0.528, 0.908)),
            ("exp008", "lena", "2025-08-22T08:00", 185, F, ("segformer-b2", "all13", 512, 0.00006, "adamw", False), (0.738, 0.722, 0.926, 0.608, 0.421, 0.502, 0.915)),
            ("exp009", "raj", "2025-09-01T14:00", 186, F, ("segformer-b2", "all13", 512, 0.00006, "adamw", True), (0.738, 0.731, 0.929, 0.619, 0.421, 0.502, 0.918)),
            ("exp010", "raj", "2025-09-04T14:00", 90, K, ("segformer-b2", "all13", 512, 0.0006, "adamw", False), (0.574, 0.561, 0.79, 0.402, 0.702, 0.788, 0.842)),
            ("exp011", "lena", "2025-09-10T08:00", 320, F, ("prithvi", "all13", 224, 0.0001, "adamw", False), (0.759, 0.741, 0.938, 0.633, 0.388, 0.471, 0.923)),
            ("exp012", "lena", "2025-09-17T08:00", 325, F, ("prithvi", "all13", 224, 0.0001, "adamw", True), (0.762, 0.752, 0.941, 0.641, 0.388, 0.469, 0.927)),
            ("exp013", "raj", "2025-09-25T14:00", 410, F, ("prithvi", "all13", 448, 0.0001, "adamw", False), (0.771, 0.748, 0.94, 0.662, 0.361, 0.455, 0.93)),
            ("exp014", "raj", "2025-10-02T14:00", 415, F, ("prithvi", "all13", 448, 0.0001, "adamw", True), (0.774, 0.757, 0.943, 0.668, 0.36, 0.453, 0.932)),
            ("exp015", "lena", "2025-10-09T08:00", 300, F, ("prithvi", "rgb+nir", 448, 0.0001, "adamw", False), (0.743, 0.725, 0.915, 0.655, 0.392, 0.489, 0.919)),
            ("exp016", "raj", "2025-10-16T14:00", 380, F, ("prithvi", "all13", 448, 0.00001, "adamw", False), (0.766, 0.745, 0.939, 0.657, 0.377, 0.461, 0.928)),
            ("exp017-leak", "raj", "2025-10-17T14:00", 400, "DELETED", ("prithvi", "all13", 448, 0.0001, "adamw", True), (0.957, 0.951, 0.99, 0.93, 0.04, 0.06, 0.99)),
        ],
        labels={"exp014": {"stage": "production"}, "exp006": {"error": "CUDA out of memory with tiles of 1024"}},
    ),
    dict(
        name="mt-en-de", created="2025-08-04T16:00", script="fairseq-train",
        tags={"team": "translation", "owner": "hanna", "project": "docs-localisation", "trialogue.lower_is_better": "TER"},
        note="English to German machine translation for product manuals, scored on newstest2023",
        params="arch lr max_tokens dropout label_smoothing backtranslation bpe_vocab", metrics="test_BLEU chrF2 TER val/loss train/loss",
        curves={"train/loss": (8.9, 50, 1000), "val/loss": (8.4, 25, 2000)},
        rows=[
            ("base_lr5e-4_bs4k", "hanna", "2025-08-04T18:00", 310, F, ("transformer_base", 0.0005, 4096, 0.1, 0.1, False, 32000), (26.81, 54.12, 58.9, 2.214, 2.402)),
            ("base_lr1e-3_bs4k", "hanna", "2025-08-06T18:00", 305, F, ("transformer_base", 0.001, 4096, 0.1, 0.1, False, 32000), (26.35, 53.77, 59.6, 2.251, 2.447)),
            ("base_lr7e-4_bs8k", "luis", "2025-08-11T18:00", 402, F, ("transformer_base", 0.0007, 8192, 0.1, 0.1, False, 32000), (27.44, 54.9, 57.7, 2.163, 2.331)),
            ("base_lr7e-4_bs8k_bt", "luis", "2025-08-14T18:00", 415, F, ("transformer_base", 0.0007, 8192, 0.1, 0.1, True, 32000), (29.02, 56.31, 55.8, 2.071, 2.198)),
            ("big_lr5e-4_bs8k", "hanna", "2025-08-20T18:00", 880, F, ("transformer_big", 0.0005, 8192, 0.3, 0.1, False, 32000), (28.57, 55.98, 56.1, 2.098, 2.107)),
            ("big_lr5e-4_bs8k_bt", "hanna", "2025-08-25T18:00", 905, F, ("transformer_big", 0.0005, 8192, 0.3, 0.1, True, 32000), (30.48, 57.64, 53.9, 1.982, 1.996)),
            ("big_lr2e-3_bs8k", "luis", "2025-08-28T18:00", 61, X, ("transformer_big", 0.002, 8192, 0.3, 0.1, True, 32000), (NO, NO, NO, NAN, NAN)),
            ("big_lr3e-4_bs16k_bt", "luis", "2025-09-02T18:00", 1010, F, ("transformer_big", 0.0003, 16384, 0.3, 0.1, True, 32000), (30.91, 57.93, 53.2, 1.957, 1.941)),
            ("big_lr3e-4_bs16k_bt_ls0.2", "kenji", "2025-09-08T18:00", 1020, F, ("transformer_big", 0.0003, 16384, 0.3, 0.2, True, 32000), (30.91, 58.07, 53.4, 1.969, 2.055)),
            ("deep24_lr3e-4_bs16k_bt", "kenji", "2025-09-15T18:00", 1480, F, ("deepnorm", 0.0003, 16384, 0.3, 0.1, True, 32000), (31.62, 58.55, 52.4, 1.902, 1.853)),
            ("deep24_lr3e-4_bs16k_bt_drop0.1", "kenji", "2025-09-19T18:00", 1475, F, ("deepnorm", 0.0003, 16384, 0.1, 0.1, True, 32000), (30.77, 57.81, 53.5, 1.988, 1.724)),
            ("deep36_lr2e-4_bs16k_bt", "kenji", "2025-10-06T18:00", 640, K, ("deepnorm", 0.0002, 16384, 0.3, 0.1, True, 64000), (29.95, 57.02, 54.6, 2.036, 2.118)),
        ],
        labels={"big_lr3e-4_bs16k_bt": {"stage": "production"}, "deep24_lr3e-4_bs16k_bt": {"stage": "candidate"}},
    ),
    dict(
        name="Credit Scoring v3", created="2025-08-18T07:00", script="notebooks/fit.py",
        tags={"team": "risk-models", "owner": "petra", "project": "retail-loans", "trialogue.primary_metric": "Gini", "trialogue.lower_is_better": "PSI"},
        note="Probability of default for consumer loans, third generation",
        params="model_family n_features woe_binning reject_inference monotone", metrics="Gini|AUC|KS statistic|PSI|Brier score", curves={},
        rows=[
            ("scorecard-01", "petra", "2025-08-18T09:00", 4, F, ("logreg", 12, True, "none", False), (0.482, 0.741, 0.367, 0.041, 0.0712)),
            ("scorecard-02", "petra", "2025-08-18T10:00", 5, F, ("logreg", 18, True, "none", False), (0.497, 0.7485, 0.378, 0.046, 0.0704)),
            ("scorecard-03", "petra", "2025-08-19T09:00", 5, F, ("logreg", 18, False, "none", False), (0.471, 0.7355, 0.355, 0.052, 0.0719)),
            ("scorecard-04", "tariq", "2025-08-21T09:00", 9, F, ("logreg", 18, True, "parcelling", False), (0.503, 0.7515, 0.381, 0.058, 0.0701)),
            ("scorecard-05", "tariq", "2025-08-26T09:00", 14, F, ("xgb", 40, False, "none", False), (0.561, 0.7805, 0.431, 0.089, 0.0663)),
            ("scorecard-06", "tariq", "2025-08-27T09:00", 15, F, ("xgb", 40, False, "parcelling", False), (0.566, 0.783, 0.434, 0.097, 0.0661)),
            ("scorecard-07", "tariq", "2025-08-28T09:00", 2, X, ("xgb", 120, False, "fuzzy", False), (NO, NO, NO, NO, NO)),
            ("scorecard-08", "petra", "2025-09-03T09:00", 22, F, ("catboost", 40, False, "none", False), (0.574, 0.787, 0.442, 0.083, 0.0655)),
            ("scorecard-09", "petra", "2025-09-04T09:00", 24, F, ("catboost", 60, False, "none", False), (0.579, 0.7895, 0.446, 0.104, 0.0652)),
            ("scorecard-10", "petra", "2025-09-05T09:00", 26, F, ("catboost", 60, False, "fuzzy", False), (0.583, 0.7915, 0.449, 0.112, 0.0649)),
            ("scorecard-11", "tariq", "2025-09-12T09:00", 41, F, ("ebm", 40, False, "none", False), (0.568, 0.784, 0.437, 0.061, 0.0658)),
            ("scorecard-12", "tariq", "2025-09-16T09:00", 44, F, ("ebm", 40, False, "parcelling", False), (0.574, 0.787, 0.441, 0.066, 0.0656)),
            ("scorecard-13", "petra", "2025-09-24T09:00", 47, F, ("ebm", 60, False, "fuzzy", True), (0.581, 0.7905, 0.447, 0.071, 0.065)),
            ("scorecard-14", "petra", "2025-10-01T09:00", 28, F, ("catboost", 60, False, "fuzzy", True), (0.583, 0.7915, 0.445, 0.079, 0.0651)),
        ],
        labels={"scorecard-02": {"stage": "champion"}, "scorecard-13": {"stage": "challenger", "mlflow.note.content": "Explainable enough for the auditors."}},
    ),
    dict(
        name="radar-nowcasting", created="2025-09-01T05:00", script="nowcast/run.py",
        tags={"team": "meteo", "owner": "amara", "project": "flood-alert", "trialogue.lower_is_better": "FAR"},
        note="Rain of the next two hours from radar images, weather service pilot",
        params="model lead_time_min input_frames loss_fn lr", metrics="CSI_5mm CSI_20mm POD FAR val_mse train_mse",
        curves={"train_mse": (0.21, 45, 10), "val_mse": (0.22, 45, 10)},
        rows=[
            ("carefree-gull-214", "amara", "2025-09-01T06:00", 130, F, ("convlstm", 60, 6, "mse", 0.001), (0.412, 0.148, 0.561, 0.389, 0.0412, 0.0366)),
            ("carefree-gull-215", "amara", "2025-09-02T06:00", 133, F, ("convlstm", 90, 6, "mse", 0.001), (0.361, 0.117, 0.518, 0.431, 0.0487, 0.0421)),
            ("melodic-stoat-73", "amara", "2025-09-04T06:00", 140, F, ("convlstm", 60, 12, "bmse", 0.001), (0.447, 0.196, 0.634, 0.402, 0.0438, 0.0391)),
            ("puzzled-crab-905", "jonas", "2025-09-09T10:00", 210, F, ("unet", 60, 12, "bmse", 0.0005), (0.468, 0.214, 0.651, 0.377, 0.0397, 0.0322)),
            ("zealous-wren-18", "jonas", "2025-09-11T10:00", 212, F, ("unet", 90, 12, "bmse", 0.0005), (0.409, 0.171, 0.597, 0.418, 0.0455, 0.0371)),
            ("hushed-ibex-640", "jonas", "2025-09-13T10:00", 15, X, ("unet", 60, 24, "focal", 0.01), (NO, NO, NO, NO, NAN, NAN)),
            ("blushing-tern-351", "amara", "2025-09-18T06:00", 460, F, ("dgmr", 60, 4, "hinge", 0.0002), (0.493, 0.268, 0.702, 0.352, 0.0421, 0.0358)),
            ("shivering-boar-27", "amara", "2025-09-22T06:00", 470, F, ("dgmr", 90, 4, "hinge", 0.0002), (0.438, 0.221, 0.655, 0.397, 0.0476, 0.0402)),
            ("salty-hound-488", "jonas", "2025-09-29T10:00", 690, F, ("earthformer", 60, 12, "mse", 0.0001), (0.517, 0.243, 0.688, 0.311, 0.0344, 0.0271)),
            ("rebellious-carp-99", "jonas", "2025-10-03T10:00", 702, F, ("earthformer", 60, 12, "bmse", 0.0001), (0.531, 0.287, 0.721, 0.333, 0.0361, 0.0289)),
            ("unequaled-loon-760", "jonas", "2025-10-08T10:00", 715, F, ("earthformer", 90, 12, "bmse", 0.0001), (0.474, 0.236, 0.671, 0.372, 0.0409, 0.0318)),
            ("gaudy-swift-142", "amara", "2025-10-13T06:00", 320, K, ("earthformer", 120, 12, "bmse", 0.0001), (0.402, 0.162, 0.588, 0.425, 0.0481, 0.0379)),
            ("enchanted-lark-8", "amara", "2025-10-19T06:00", NO, R, ("earthformer", 60, 24, "bmse", 0.00005), (0.488, 0.231, 0.664, 0.348, 0.0388, 0.0341)),
        ],
        labels={"rebellious-carp-99": {"stage": "candidate"}, "salty-hound-488": {"mlflow.note.content": "Blurs the cores but hardly ever cries wolf."}},
    ),
    dict(
        name="ocr-invoices", created="2025-09-02T06:00", script="ocr/fit.py",
        tags={"team": "document-ai", "owner": "sofia", "project": "accounts-payable"},
        note="Reading scanned invoices; 40,000 pages labelled by the back office",
        params="recognizer img_height augment beam_width languages", metrics="CER|WER|field-F1|pages per second|train loss|val loss",
        curves={"train loss": (3.4, 30, 500), "val loss": (3.5, 30, 500), "CER": (0.9, 30, 500)},
        rows=[
            ("crnn baseline", "sofia", "2025-09-02T08:00", 60, F, ("crnn", 32, "no", 1, "en"), (0.0612, 0.1834, 0.8123, 41.2, 0.612, 0.711)),
            ("crnn + elastic", "sofia", "2025-09-03T08:00", 66, F, ("crnn", 32, "yes", 1, "en"), (0.0548, 0.1667, 0.8302, 41.0, 0.587, 0.642)),
            ("crnn + elastic beam10", "sofia", "2025-09-04T08:00", 66, F, ("crnn", 32, "yes", 10, "en"), (0.0521, 0.1593, 0.8377, 18.6, 0.588, 0.641)),
            ("trocr small", "mateo", "2025-09-08T12:00", 180, F, ("trocr-small", 384, "no", 1, "en"), (0.0413, 0.1288, 0.8719, 9.8, 0.402, 0.523)),
            ("trocr base", "mateo", "2025-09-11T12:00", 340, F, ("trocr-base", 384, "no", 1, "en"), (0.0338, 0.1071, 0.8954, 5.1, 0.318, 0.441)),
            ("trocr base + synth", "mateo", "2025-09-16T12:00", 350, F, ("trocr-base", 384, "yes", 1, "en"), (0.0297, 0.0958, 0.9086, 5.1, 0.329, 0.392)),
            ("trocr large", "mateo", "2025-09-18T12:00", 12, X, ("trocr-large", 384, "yes", 1, "en"), (NO, NO, NO, NO, NO, NO)),
            ("parseq v1", "sofia", "2025-09-23T08:00", 120, F, ("parseq", 32, "yes", 1, "en"), (0.0351, 0.1102, 0.8921, 28.7, 0.371, 0.463)),
            ("parseq v2", "sofia", "2025-09-26T08:00", 125, F, ("parseq", 48, "yes", 1, "en"), (0.0309, 0.0987, 0.9061, 26.3, 0.344, 0.409)),
            ("parseq v2 fr+de", "sofia", "2025-09-30T08:00", 128, F, ("parseq", 48, "yes", 1, "en,fr,de"), (0.0364, 0.1139, 0.8893, 26.1, 0.389, 0.472)),
            ("donut end2end", "mateo", "2025-10-07T12:00", 610, F, ("donut", 1280, "no", 1, "en"), (NAN, NAN, 0.9127, 2.3, 0.451, 0.582)),
            ("parseq v3", "sofia", "2025-10-14T08:00", 133, F, ("parseq", 48, "yes", 5, "en"), (0.0288, 0.0931, 0.9118, 17.9, 0.321, 0.381)),
        ],
        labels={"parseq v2": {"stage": "production"}, "parseq v3": {"stage": "candidate"}},
    ),
    dict(
        name="seismic-inversion-pilot", created="2025-10-15T09:00", script="", note="Acoustic impedance from post-stack seismic data; nothing has run yet",
        tags={"team": "geophysics", "owner": "ingunn", "project": "north-sea"}, params="", metrics="", curves={}, rows=[], labels={},
    ),
    dict(
        name="music-tagging-2024", created="2025-07-22T09:00", script="tag.py", note="Given up", deleted=True,
        tags={"team": "audio", "owner": "oskar"}, params="encoder", metrics="roc_auc", curves={}, labels={},
        rows=[("musicnn", "oskar", "2025-07-22T10:00", 50, F, ("musicnn",), (0.901,)), ("short-chunk", "oskar", "2025-07-23T10:00", 58, F, ("vgg",), (0.913,))],
    ),
]


def keys(text):
    return text.split("|" if "|" in text else None)


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]).resolve(), 20251020, "2025-07-01T06:00", STUDIES, keys)
