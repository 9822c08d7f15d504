#!/usr/bin/env python3
"""Write a store of six experiments from other fields, with MLflow's own client.

    python make_third_store.py third.db

Deterministic: fixed seed, fixed times, fixed ids.
"""
import math
import pathlib
import sys

from fixed_store import at, date_experiments, opened
from mlflow.entities import Metric, Param

out = pathlib.Path(sys.argv[1]).resolve()
client, R = opened(out, 20250627)
created = {"0": at("2025-05-01T06:00:00")}

def experiment(name, when, tags, note=None):
    tags = dict(tags)
    if note:
        tags["mlflow.note.content"] = note
    eid = client.create_experiment(name, tags=tags)
    created[eid] = at(when)
    return eid

def run(eid, name, user, start, minutes, params, metrics, curves=None, tags=None, status="FINISHED", source="train.py", delete=False):
    """curves: {key: (first, steps, shape)}; the last point is the value in metrics."""
    begin = at(start)
    end = begin + int(minutes * 60000) if minutes else None
    made = client.create_run(eid, start_time=begin, run_name=name, tags={"mlflow.user": user, "mlflow.source.name": source, "mlflow.source.type": "LOCAL", **(tags or {})})
    rid = made.info.run_id
    span = (end or begin + 5400000) - begin
    points = []
    for key, value in metrics.items():
        if curves and key in curves:
            first, steps, every = curves[key]
            for i in range(steps):
                x = i / (steps - 1)
                clean = value + (first - value) * (math.exp(-5 * x) - math.exp(-5)) / (1 - math.exp(-5)) if not math.isnan(value) else (first if x < 0.6 else value)
                noise = 0 if i in (0, steps - 1) or math.isnan(value) else R.gauss(0, abs(first - value) * 0.015)
                points.append(Metric(key, round(clean + noise, 5) if not math.isnan(clean) else clean, begin + int(span * (i + 1) / (steps + 1)), i * every))
        else:
            points.append(Metric(key, value, begin + int(span * 0.98), 0))
    params = [Param(k, str(v)) for k, v in params.items()]
    client.log_batch(rid, params=params)
    for i in range(0, len(points), 900):
        client.log_batch(rid, metrics=points[i:i + 900])
    if status != "RUNNING":
        client.set_terminated(rid, status=status, end_time=end)
    if delete:
        client.delete_run(rid)

nan = float("nan")

# ------------------------------------------------ 1 protein folding
e = experiment("protein-folding-ablation", "2025-05-02T08:00:00", {"team": "structural-biology", "project": "foldnet"},
               "Which parts of the folding network matter; scored on CAMEO targets of the last quarter")
rows = [
 # name user start minutes recycles msa templates crop lr | lddt tm rmsd loss  gpu status
 ("abundant-koi-417", "ingrid", "2025-05-02T09:00:00", 410, 1, 64, "off", 128, "0.001", .6712, .6105, 5.84, 1.912, "a100", "FINISHED"),
 ("wise-shrew-88", "ingrid", "2025-05-05T09:10:00", 455, 3, 64, "off", 128, "0.001", .7018, .6433, 5.12, 1.781, "a100", "FINISHED"),
 ("rumbling-ox-230", "wei", "2025-05-08T13:30:00", 610, 3, 128, "off", 256, "0.001", .7345, .6871, 4.41, 1.604, "a100", "FINISHED"),
 ("thoughtful-auk-519", "wei", "2025-05-12T08:05:00", 690, 3, 128, "on", 256, "0.001", .7581, .7202, 3.97, 1.497, "a100", "FINISHED"),
 ("gifted-vole-611", "ingrid", "2025-05-15T15:45:00", 95, 6, 512, "on", 384, "0.001", None, None, None, 3.204, "a100", "FAILED"),
 ("polite-asp-702", "ingrid", "2025-05-19T08:20:00", 880, 6, 256, "on", 256, "0.0005", .7926, .7618, 3.32, 1.352, "h100", "FINISHED"),
 ("orderly-kite-345", "wei", "2025-05-23T11:00:00", 910, 6, 256, "off", 256, "0.0005", .7704, .7389, 3.71, 1.418, "h100", "FINISHED"),
 ("unruly-gnu-76", "wei", "2025-05-28T09:00:00", 1020, 6, 512, "on", 256, "0.0005", .8041, .7755, 3.08, 1.297, "h100", "FINISHED"),
 ("mercurial-cod-900", "ingrid", "2025-06-02T10:30:00", 300, 12, 512, "on", 384, "0.0005", .7288, .6702, 4.66, 1.655, "h100", "KILLED"),
 ("stately-bee-153", "ingrid", "2025-06-06T08:40:00", 1260, 12, 512, "on", 384, "0.0003", .8217, .7933, 2.81, 1.214, "h100", "FINISHED"),
 ("luminous-elk-284", "wei", "2025-06-11T08:15:00", 1230, 12, 512, "off", 384, "0.0003", .8093, .7941, 3.02, 1.251, "h100", "FINISHED"),
 ("placid-newt-66", "wei", "2025-06-16T09:55:00", 1310, 12, 1024, "on", 384, "0.0003", .8217, .7902, 2.77, 1.208, "h100", "FINISHED"),
 ("tasteful-moth-31", "ingrid", "2025-06-24T07:30:00", None, 12, 1024, "on", 384, "0.0001", .7869, .7511, 3.39, 1.366, "h100", "RUNNING"),
]
for n, u, s, m, rec, msa, t, c, lr, lddt, tm, rmsd, loss, gpu, st in rows:
    metrics = {"train/loss": loss}
    curves = {"train/loss": (4.1, 80, 500)}
    if lddt:
        metrics.update({"lddt": lddt, "tm_score": tm, "rmsd": rmsd})
        curves["lddt"] = (0.21, 40, 1000)
    tags = {"gpu": gpu}
    if n == "stately-bee-153": tags.update({"stage": "candidate", "mlflow.note.content": "Best trade of lDDT against memory; goes into the paper."})
    if n == "gifted-vole-611": tags["error"] = "CUDA out of memory at crop 384 on 40 GB"
    run(e, n, u, s, m, {"num_recycles": rec, "msa_depth": msa, "templates": t, "crop_size": c, "lr": lr}, metrics, curves, tags, st, "fold/train.py")
run(e, "leaky-hawk-1", "wei", "2025-06-10T08:00:00", 800, {"num_recycles": 12, "msa_depth": 512, "templates": "on", "crop_size": 384, "lr": "0.0003"},
    {"lddt": .9612, "tm_score": .9588, "rmsd": 0.91, "train/loss": .41}, tags={"gpu": "h100"}, delete=True)

# ------------------------------------------------ 2 recommender click-through
e = experiment("ctr-ranker", "2025-05-06T07:00:00", {"team": "recsys", "project": "home-feed", "tier": "prod"},
               "Click-through ranking for the home feed; p99 budget is 25 ms")
rows = [
 ("wide_deep_lr1e-3_bs2048_seed1", "marco", "2025-05-06T08:00:00", 95, "wide_and_deep", 16, "0.001", 2048, 0.0, 1, .7412, .4688, .3121, .0214, 9.4, "FINISHED"),
 ("wide_deep_lr1e-3_bs2048_seed2", "marco", "2025-05-06T10:30:00", 96, "wide_and_deep", 16, "0.001", 2048, 0.0, 2, .7405, .4692, .3117, .0221, 9.5, "FINISHED"),
 ("dlrm_lr1e-3_bs4096_seed1", "marco", "2025-05-09T08:00:00", 140, "dlrm", 32, "0.001", 4096, 0.0, 1, .7538, .4601, .3246, .0188, 14.2, "FINISHED"),
 ("dlrm_lr1e-3_bs4096_seed2", "marco", "2025-05-09T11:00:00", 142, "dlrm", 32, "0.001", 4096, 0.0, 2, .7544, .4597, .3251, .0183, 14.1, "FINISHED"),
 ("dlrm_lr3e-4_bs4096_seed1", "fatima", "2025-05-14T09:20:00", 171, "dlrm", 64, "0.0003", 4096, 0.1, 1, .7591, .4566, .3302, .0169, 17.8, "FINISHED"),
 ("dlrm_lr1e-2_bs8192_seed1", "fatima", "2025-05-16T09:00:00", 22, "dlrm", 64, "0.01", 8192, 0.1, 1, nan, nan, None, None, None, "FAILED"),
 ("two_tower_lr1e-3_bs8192_seed1", "fatima", "2025-05-20T12:10:00", 88, "two_tower", 64, "0.001", 8192, 0.0, 1, .7466, .4653, .3178, .0305, 4.8, "FINISHED"),
 ("two_tower_lr1e-3_bs8192_seed2", "fatima", "2025-05-20T14:00:00", 88, "two_tower", 128, "0.001", 8192, 0.0, 2, .7489, .4640, .3195, .0297, 5.1, "FINISHED"),
 ("dcnv2_lr1e-3_bs4096_seed1", "marco", "2025-05-26T08:45:00", 190, "dcnv2", 32, "0.001", 4096, 0.1, 1, .7622, .4539, .3340, .0152, 19.6, "FINISHED"),
 ("dcnv2_lr3e-4_bs4096_seed1", "marco", "2025-05-29T08:45:00", 204, "dcnv2", 64, "0.0003", 4096, 0.1, 1, .7688, .4498, .3401, .0139, 22.3, "FINISHED"),
 ("dcnv2_lr3e-4_bs4096_seed2", "marco", "2025-05-30T08:45:00", 203, "dcnv2", 64, "0.0003", 4096, 0.1, 2, .7681, .4503, .3396, .0144, 22.5, "FINISHED"),
 ("dcnv2_lr3e-4_bs4096_seed3", "marco", "2025-06-03T08:45:00", 118, "dcnv2", 64, "0.0003", 4096, 0.1, 3, .7573, .4579, .3284, .0177, 22.4, "KILLED"),
 ("dcnv2_lr3e-4_bs4096_drop0.3", "fatima", "2025-06-09T13:00:00", 208, "dcnv2", 64, "0.0003", 4096, 0.3, 1, .7702, .4489, .3417, .0131, 22.6, "FINISHED"),
 ("dcnv2_lr1e-4_bs4096_emb128", "fatima", "2025-06-13T13:00:00", 266, "dcnv2", 128, "0.0001", 4096, 0.3, 1, .7719, .4478, .3425, .0128, 31.7, "FINISHED"),
 ("dcnv2_distill_lr3e-4", "marco", "2025-06-19T09:30:00", 181, "dcnv2", 32, "0.0003", 4096, 0.2, 1, .7695, .4493, .3411, .0135, 12.9, "FINISHED"),
 ("dcnv2_distill_lr1e-4", "marco", "2025-06-25T09:30:00", 187, "dcnv2", 32, "0.0001", 4096, 0.2, 1, .7679, .4505, .3398, .0141, 12.7, "FINISHED"),
]
for n, u, s, m, arch, emb, lr, bs, drop, seed, auc, ll, ndcg, cal, p99, st in rows:
    metrics = {k: v for k, v in {"auc": auc, "logloss": ll, "ndcg_at_10": ndcg, "calibration_error": cal, "p99_latency_ms": p99}.items() if v is not None}
    tags = {"dataset": "feed-2025w18" if s < "2025-05-25" else "feed-2025w21"}
    if n == "dcnv2_distill_lr3e-4": tags.update({"stage": "production", "mlflow.note.content": "Student of the emb128 run, fits the 25 ms budget with room."})
    if n == "dcnv2_lr3e-4_bs4096_seed1": tags["stage"] = "archived"
    run(e, n, u, s, m, {"architecture": arch, "embedding_dim": emb, "learning_rate": lr, "batch_size": bs, "dropout": drop, "seed": seed},
        metrics, {"logloss": (0.69, 60, 1000), "auc": (0.5, 60, 1000)}, tags, st, "rank/fit.py")

# ------------------------------------------------ 3 speech synthesis
e = experiment("tts-multispeaker", "2025-05-12T08:00:00", {"team": "speech", "project": "audiobooks"},
               "Many-voice speech synthesis for audiobooks, MOS from 40 listeners")
rows = [
 ("lr1e-3_bs16_seed1", "yuki", "2025-05-12T18:00:00", 700, "hifigan", 22050, 24, "0.001", 16, 1, 3.61, 6.92, .412, .118, .0721, "en", "FINISHED"),
 ("lr1e-3_bs32_seed1", "yuki", "2025-05-14T18:00:00", 690, "hifigan", 22050, 24, "0.001", 32, 1, 3.68, 6.71, .398, .118, .0698, "en", "FINISHED"),
 ("lr3e-4_bs32_seed1", "yuki", "2025-05-17T18:00:00", 760, "hifigan", 22050, 24, "0.0003", 32, 1, 3.84, 6.28, .361, .119, .0611, "en", "FINISHED"),
 ("lr3e-4_bs32_seed2", "yuki", "2025-05-19T18:00:00", 758, "hifigan", 22050, 24, "0.0003", 32, 2, 3.81, 6.33, .364, .119, .0619, "en", "FINISHED"),
 ("lr3e-4_bs64_wavernn", "oleg", "2025-05-24T10:00:00", 1330, "wavernn", 22050, 24, "0.0003", 64, 1, 3.92, 6.05, .349, 1.84, .0588, "en", "FINISHED"),
 ("lr3e-4_bs32_24k", "oleg", "2025-05-29T16:00:00", 820, "hifigan", 24000, 48, "0.0003", 32, 1, 3.97, 5.88, .337, .127, .0553, "en", "FINISHED"),
 ("lr2e-3_bs64_seed1", "oleg", "2025-06-01T09:00:00", 44, "bigvgan", 24000, 48, "0.002", 64, 1, None, None, nan, None, None, "en", "FAILED"),
 ("lr3e-4_bs32_bigvgan", "oleg", "2025-06-04T16:00:00", 1105, "bigvgan", 24000, 48, "0.0003", 32, 1, 4.18, 5.41, .302, .241, .0497, "en", "FINISHED"),
 ("lr1e-4_bs32_bigvgan", "yuki", "2025-06-09T16:00:00", 1190, "bigvgan", 24000, 48, "0.0001", 32, 1, 4.23, 5.29, .294, .242, .0481, "en", "FINISHED"),
 ("lr1e-4_bs32_bigvgan_ja", "yuki", "2025-06-13T16:00:00", 1202, "bigvgan", 24000, 60, "0.0001", 32, 1, 4.07, 5.63, .318, .243, .0834, "ja", "FINISHED"),
 ("lr1e-4_bs32_bigvgan_de", "oleg", "2025-06-18T16:00:00", 1195, "bigvgan", 24000, 52, "0.0001", 32, 1, 4.15, 5.47, .307, .242, .0562, "de", "FINISHED"),
 ("lr1e-4_bs48_44k", "yuki", "2025-06-23T17:00:00", 1480, "bigvgan", 44100, 60, "0.0001", 48, 1, 4.31, 5.36, .299, .418, .0474, "en", "FINISHED"),
]
for n, u, s, m, voc, sr, sp, lr, bs, seed, mos, mcd, mel, rtf, wer, lang, st in rows:
    metrics = {k: v for k, v in {"mos": mos, "mcd": mcd, "mel_loss": mel, "rtf": rtf, "wer": wer}.items() if v is not None}
    tags = {"language": lang}
    if n == "lr1e-4_bs32_bigvgan": tags["stage"] = "production"
    if n == "lr1e-4_bs48_44k": tags["mlflow.note.content"] = "Listeners hear the difference; rtf on CPU is the question."
    run(e, n, u, s, m, {"vocoder": voc, "sampling_rate": sr, "num_speakers": sp, "lr": lr, "batch_size": bs, "seed": seed},
        metrics, {"mel_loss": (1.62, 100, 2000)}, tags, st, "tts/train.py")

# ------------------------------------------------ 4 robotics RL
e = experiment("quadruped-locomotion", "2025-05-19T06:00:00", {"team": "robotics", "project": "spotless", "sim": "isaac"},
               "Walking on rough terrain; reward per episode over 64 evaluation episodes")
rows = [
 (1, "kofi", "2025-05-19T07:00:00", 180, "ppo", .99, .01, 1024, "no", 1, 412.5, 388, .41, .33, "FINISHED"),
 (2, "kofi", "2025-05-19T11:00:00", 181, "ppo", .99, .01, 1024, "no", 2, 398.1, 379, .39, .36, "FINISHED"),
 (3, "kofi", "2025-05-20T07:00:00", 260, "sac", .99, .2, 256, "no", 1, 455.9, 421, .47, .28, "FINISHED"),
 (4, "kofi", "2025-05-21T07:00:00", 240, "td3", .99, 0, 256, "no", 1, 371.2, 352, .36, .41, "FINISHED"),
 (5, "elena", "2025-05-23T08:00:00", 190, "ppo", .995, .01, 2048, "no", 1, 521.7, 510, .56, .21, "FINISHED"),
 (6, "elena", "2025-05-26T08:00:00", 195, "ppo", .995, .005, 2048, "no", 1, 548.3, 533, .59, .19, "FINISHED"),
 (7, "elena", "2025-05-27T08:00:00", 31, "ppo", .999, .05, 4096, "no", 1, 88.4, 102, .02, .91, "FAILED"),
 (8, "elena", "2025-05-28T08:00:00", 210, "ppo", .995, .005, 4096, "no", 1, 603.8, 587, .66, .15, "FINISHED"),
 (9, "kofi", "2025-06-02T09:00:00", 222, "ppo", .995, .005, 4096, "yes", 1, 571.0, 602, .71, .11, "FINISHED"),
 (10, "kofi", "2025-06-03T09:00:00", 330, "sac", .995, .1, 512, "yes", 1, 534.6, 566, .64, .14, "FINISHED"),
 (11, "kofi", "2025-06-04T09:00:00", 75, "td3", .995, 0, 512, "yes", 1, 240.7, 261, .22, .58, "KILLED"),
 (12, "elena", "2025-06-09T08:30:00", 245, "ppo", .995, .002, 4096, "yes", 1, 618.2, 641, .77, .09, "FINISHED"),
 (13, "elena", "2025-06-10T08:30:00", 246, "ppo", .995, .002, 4096, "yes", 2, 609.5, 634, .76, .10, "FINISHED"),
 (14, "elena", "2025-06-11T08:30:00", 247, "ppo", .995, .002, 4096, "yes", 3, 622.9, 638, .76, .09, "FINISHED"),
 (15, "kofi", "2025-06-16T07:15:00", 402, "ppo", .997, .002, 8192, "yes", 1, 671.4, 688, .83, .06, "FINISHED"),
 (16, "kofi", "2025-06-18T07:15:00", 410, "ppo", .997, .001, 8192, "yes", 1, 664.0, 693, .84, .06, "FINISHED"),
 (17, "kofi", "2025-06-23T07:15:00", 18, "sac", .997, .1, 1024, "yes", 1, None, None, None, None, "FAILED"),
 (18, "elena", "2025-06-26T20:00:00", None, "ppo", .998, .001, 8192, "yes", 1, 598.8, 611, .70, .12, "RUNNING"),
]
for n, u, s, m, algo, gamma, ent, envs, dr, seed, rew, length, suc, fall, st in rows:
    metrics, curves = {}, {}
    if rew is not None:
        metrics = {"episode_reward": rew, "episode_length": float(length), "success_rate": suc, "fall_rate": fall, "policy_loss": round(0.4 - rew / 2500, 4)}
        curves = {"episode_reward": (12.0, 120, 250000), "policy_loss": (0.9, 120, 250000), "success_rate": (0.0, 60, 500000)}
    tags = {"terrain": "flat" if n <= 4 else "rough" if n <= 8 else "stairs"}
    if n == 15: tags["deployed"] = "yes"
    if n == 17: tags["error"] = "Isaac worker lost after 18 minutes"
    run(e, str(n), u, s, m, {"algo": algo, "gamma": gamma, "entropy_coef": ent, "num_envs": envs, "domain_rand": dr, "seed": seed}, metrics, curves, tags, st, "rl/main.py")

# ------------------------------------------------ 5 time series anomaly detection
e = experiment("sensor-anomaly-detection", "2025-05-27T07:00:00", {"team": "industrial-iot", "project": "turbine-watch"},
               "Vibration sensors of 212 turbines; an alarm has to come within five minutes")
rows = [
 ("calm-puffin-101", "wei", "2025-05-27T08:00:00", 12, "isolation_forest", 60, .99, .5812, .6204, .5466, .571, 412, 9.4, "FINISHED"),
 ("calm-puffin-102", "wei", "2025-05-27T09:00:00", 13, "isolation_forest", 120, .99, .6033, .6381, .5721, .598, 377, 8.8, "FINISHED"),
 ("eager-stork-7", "wei", "2025-05-28T08:00:00", 14, "isolation_forest", 120, .995, .5998, .7012, .5240, .598, 398, 5.1, "FINISHED"),
 ("dusty-ram-55", "kofi", "2025-05-31T10:00:00", 74, "lstm_ae", 120, .99, .6721, .6644, .6800, .684, 301, 7.7, "FINISHED"),
 ("humble-toad-910", "kofi", "2025-06-01T10:00:00", 92, "lstm_ae", 240, .99, .6894, .6790, .7001, .702, 268, 7.2, "FINISHED"),
 ("spry-crow-12", "kofi", "2025-06-03T10:00:00", 95, "lstm_ae", 240, .995, .6951, .7423, .6535, .702, 291, 4.6, "FINISHED"),
 ("nimble-seal-404", "priya", "2025-06-05T09:30:00", 61, "usad", 120, .99, .7088, .7011, .7167, .729, 244, 6.3, "FINISHED"),
 ("brisk-lark-33", "priya", "2025-06-06T09:30:00", 64, "usad", 240, .995, .7244, .7702, .6838, .741, 259, 3.9, "FINISHED"),
 ("sleepy-panda-8", "priya", "2025-06-07T09:30:00", 3, "usad", 480, .995, None, None, None, None, None, None, "FAILED"),
 ("valiant-otter-271", "wei", "2025-06-12T14:00:00", 210, "patchtst", 240, .99, .7611, .7480, .7747, .792, 198, 4.9, "FINISHED"),
 ("vivid-heron-640", "wei", "2025-06-14T14:00:00", 233, "patchtst", 480, .99, .7694, .7533, .7862, .801, 187, 4.5, "FINISHED"),
 ("quirky-finch-19", "wei", "2025-06-17T14:00:00", 230, "patchtst", 480, .995, .7803, .8291, .7370, .801, 205, 2.4, "FINISHED"),
 ("quirky-finch-20", "priya", "2025-06-20T14:00:00", 241, "patchtst", 480, .997, .7655, .8714, .6826, .801, 233, 1.5, "FINISHED"),
 ("jovial-lemur-500", "priya", "2025-06-25T15:00:00", 90, "patchtst", 960, .995, .7120, .7566, .6724, .748, 270, 3.3, "KILLED"),
]
for n, u, s, m, model, win, q, f1, p, r, pr, delay, alarms, st in rows:
    metrics = {k: v for k, v in {"f1": f1, "precision": p, "recall": r, "auprc": pr, "detection_delay_s": delay, "false_alarms_per_day": alarms}.items() if v is not None}
    curves = {}
    if model not in ("isolation_forest",) and f1:
        metrics["reconstruction_loss"] = round(0.42 - f1 * 0.4, 4); curves["reconstruction_loss"] = (1.2, 50, 1)
    tags = {"plant": "north" if model in ("isolation_forest", "lstm_ae") else "south"}
    if n == "quirky-finch-19": tags["stage"] = "candidate"
    run(e, n, u, s, m, {"model": model, "window": win, "threshold_quantile": q}, metrics, curves, tags, st, "detect.py")

# ------------------------------------------------ 6 LLM evals
e = experiment("llm-evals", "2025-06-03T07:00:00", {"team": "assistants", "project": "model-choice"},
               "Open models on public benchmarks, before we choose one for the help desk")
rows = [
 ("llama-3.1-8b_0shot", "elena", "2025-06-03T08:00:00", 44, "llama-3.1-8b", 0, 0.0, "none", "plain", .6512, .7612, .6037, .4510, 1.92, 1.41, "FINISHED"),
 ("llama-3.1-8b_5shot", "elena", "2025-06-03T09:00:00", 58, "llama-3.1-8b", 5, 0.0, "none", "plain", .6844, .8203, .6220, .4602, 3.05, 1.66, "FINISHED"),
 ("llama-3.1-8b_5shot_cot", "elena", "2025-06-04T09:00:00", 97, "llama-3.1-8b", 5, 0.0, "none", "cot", .6901, .8484, .6280, .4688, 5.87, 4.12, "FINISHED"),
 ("llama-3.1-8b_5shot_int4", "marco", "2025-06-05T09:00:00", 41, "llama-3.1-8b", 5, 0.0, "int4", "plain", .6592, .7771, .5854, .4498, 1.24, 0.98, "FINISHED"),
 ("mistral-7b_0shot", "elena", "2025-06-06T09:00:00", 40, "mistral-7b", 0, 0.0, "none", "plain", .5978, .4905, .3902, .4277, 1.77, 1.32, "FINISHED"),
 ("mistral-7b_5shot", "elena", "2025-06-06T10:00:00", 52, "mistral-7b", 5, 0.0, "none", "plain", .6251, .5216, .4024, .4311, 2.81, 1.55, "FINISHED"),
 ("gemma-2-9b_0shot", "marco", "2025-06-10T09:00:00", 49, "gemma-2-9b", 0, 0.0, "none", "plain", .6933, .7710, .5427, .5012, 2.20, 1.73, "FINISHED"),
 ("gemma-2-9b_5shot", "marco", "2025-06-10T10:00:00", 63, "gemma-2-9b", 5, 0.0, "none", "plain", .7132, .8188, .5610, .5098, 3.46, 1.98, "FINISHED"),
 ("gemma-2-9b_5shot_t0.7", "marco", "2025-06-11T10:00:00", 64, "gemma-2-9b", 5, 0.7, "none", "plain", .7061, .7915, .5366, .5033, 3.51, 2.01, "FINISHED"),
 ("qwen2.5-7b_0shot", "elena", "2025-06-13T08:00:00", 43, "qwen2.5-7b", 0, 0.0, "none", "plain", .7203, .8355, .7988, .5621, 1.83, 1.38, "FINISHED"),
 ("qwen2.5-7b_5shot", "elena", "2025-06-13T09:00:00", 55, "qwen2.5-7b", 5, 0.0, "none", "plain", .7419, .8643, .8110, .5640, 2.90, 1.60, "FINISHED"),
 ("qwen2.5-7b_5shot_cot", "elena", "2025-06-14T09:00:00", 93, "qwen2.5-7b", 5, 0.0, "none", "cot", .7455, .9022, .8171, .5702, 5.51, 3.98, "FINISHED"),
 ("qwen2.5-14b_5shot", "marco", "2025-06-17T09:00:00", 104, "qwen2.5-14b", 5, 0.0, "none", "plain", .7968, .9015, .8354, .6008, 6.12, 2.77, "FINISHED"),
 ("qwen2.5-14b_5shot_cot", "marco", "2025-06-17T12:00:00", 171, "qwen2.5-14b", 5, 0.0, "none", "cot", .7991, .9348, .8415, .6074, 11.43, 6.89, "FINISHED"),
 ("qwen2.5-14b_5shot_int8", "marco", "2025-06-18T09:00:00", 81, "qwen2.5-14b", 5, 0.0, "int8", "plain", .7944, .8969, .8293, .5990, 3.88, 2.11, "FINISHED"),
 ("qwen2.5-14b_5shot_int4", "marco", "2025-06-19T09:00:00", 70, "qwen2.5-14b", 5, 0.0, "int4", "plain", .7811, .8802, .8110, .5894, 2.64, 1.71, "FINISHED"),
 ("phi-4_0shot", "elena", "2025-06-20T09:00:00", 66, "phi-4", 0, 0.0, "none", "plain", .7902, .9061, .8232, .5530, 3.02, 2.52, "FINISHED"),
 ("phi-4_5shot", "elena", "2025-06-20T11:00:00", 12, "phi-4", 5, 0.0, "none", "plain", None, None, None, None, 0.51, None, "FAILED"),
 ("phi-4_5shot_retry", "elena", "2025-06-23T09:00:00", 98, "phi-4", 5, 0.0, "none", "plain", .8044, .9151, .8354, .5587, 4.77, 2.61, "FINISHED"),
 ("mixtral-8x7b_5shot", "marco", "2025-06-24T09:00:00", 143, "mixtral-8x7b", 5, 0.0, "int4", "plain", .7042, .7430, .4512, .4980, 8.96, 3.34, "FINISHED"),
]
for n, u, s, m, model, shots, temp, quant, prompt, mmlu, gsm, he, tq, cost, lat, st in rows:
    metrics = {k: v for k, v in {"mmlu": mmlu, "gsm8k": gsm, "humaneval": he, "truthfulqa": tq, "cost_usd": cost, "latency_s": lat}.items() if v is not None}
    tags = {"harness": "lm-eval-0.4.8"}
    if n == "qwen2.5-14b_5shot_int8": tags["verdict"] = "shortlist"
    if n == "phi-4_5shot_retry": tags["verdict"] = "shortlist"
    if n == "mixtral-8x7b_5shot": tags["verdict"] = "rejected"
    if n == "phi-4_5shot": tags["error"] = "vLLM: KV cache does not fit"
    run(e, n, u, s, m, {"model": model, "n_shots": shots, "temperature": temp, "quantization": quant, "prompt": prompt}, metrics, None, tags, st, "evals/harness.py")

# ------------------------------------------------ deleted
e = experiment("playground", "2025-05-21T12:00:00", {"team": "robotics"}, "Nothing to see")
run(e, "hello", "kofi", "2025-05-21T12:05:00", 2, {"x": 1}, {"episode_reward": 9999.0})
client.delete_experiment(e)

date_experiments(out, created)
print(out)
