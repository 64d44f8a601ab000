#!/usr/bin/env python3
"""Fits the estimate of complexity and writes src/brain/need_model.bin and the golden file of its test. Needs numpy, scipy, scikit-learn and lightgbm
(tools/need/requirements.txt); the same inputs give the same bytes.

usage: fit.py [--program need_scores] [--data FOLDER] [--hold-out]

With --hold-out nothing is written: whole groups of sources are left out in turn, and the figures are those of sources never seen."""
import argparse
import json
import pathlib
import tempfile

import numpy as np
from sklearn.metrics import roc_auc_score

import need_model
from need_data import PROJECT, Data
from other_scripts import copies

# Each group holds one kind of task out, with easy and hard sources in most.
GROUPS = [["math_l5", "math_rated", "aime", "olympiad_bench", "llmrouter_math", "clinc150", "xquad"],
          ["cruxeval", "llmrouter_mbpp", "llmrouter_human_eval", "code_contests", "nlu_eval", "self_instruct"],
          ["mmlu_pro", "gaokao", "xsid"],
          ["llmrouter_arc_challenge", "llmrouter_commonsense_qa", "llmrouter_openbook_qa", "llmrouter_natural_qa", "numersense", "arena_hard"],
          ["svamp", "bbeh", "llmrouter_logicgrid", "sgd_dialogue"],
          ["bfcl_v1"]]
# What people ask for in passing. At most this share of it may think: the rates of the data are the data's own, not those of real use.
EVERYDAY = ["clinc150", "nlu_eval", "xsid", "sgd_dialogue", "self_instruct"]
EVERYDAY_THINKS = 0.015
# Where the surest tasks should stand: half of them above this probability.
SURELY_HARD = ["aime", "olympiad_bench", "code_contests", "arena_hard", "bbeh"]
SURE = 0.80
COPIES = 0.35


def fit(data, mask):
    linear = need_model.fit_linear(data, mask)
    words = need_model.fit_words(data, mask)
    trees = need_model.fit_trees(data, mask)
    # Each part gets its share in units of its own spread over the original prompts.
    real = mask & np.array([not language.startswith("x-") for language in data.language])
    spread = [np.std(need_model.linear_score(linear, data.dense[real])), np.std(need_model.words_score(words, data.ngrams[real])),
              np.std(need_model.trees_score(trees, data.dense[real]))]
    return need_model.Model(linear, words, trees, [share / sd for share, sd in zip(need_model.SHARES, spread)])


def calibrate(model, data):
    everyday = np.isin(data.source, EVERYDAY) & np.array([not language.startswith("x-") for language in data.language])
    score = model.score(data)
    model.bias -= float(np.quantile(score[everyday], 1 - EVERYDAY_THINKS))
    hard = np.median(model.score(data)[np.isin(data.source, SURELY_HARD)])
    model.slope = float(np.log(SURE / (1 - SURE)) / hard)


def figures(label, source, score):
    by_source = {}
    for name in sorted(set(source)):
        here = source == name
        if 20 <= label[here].sum() <= here.sum() - 20:
            by_source[str(name)] = roc_auc_score(label[here], score[here])
    return roc_auc_score(label, score), by_source


def hold_out(data):
    real = np.array([not language.startswith("x-") for language in data.language])
    pooled, within = [], {}
    for group in GROUPS:
        out = np.isin(data.source, group)
        model = fit(data, ~out)
        tested = out & real
        all_sources, by_source = figures(data.label[tested], data.source[tested], model.score(data, tested))
        pooled.append(all_sources)
        within.update(by_source)
        print(f"without {', '.join(group)}: AUC {all_sources:.3f}", flush=True)
    for name, value in within.items():
        print(f"  {name:28s}{value:.3f}")
    print(f"sources never seen: AUC {np.mean(pooled):.3f}, within sources {np.mean(list(within.values())):.3f}")


def golden(model, program, target):
    """Prompts of the project's own with the score that this script computes: the library must give the same."""
    path = target / "golden_prompts.jsonl"
    rows = [json.loads(line) for line in open(path, encoding="utf-8")]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps({**row, "label_needs_thinking": 0, "difficulty": 0, "source": "own", "lang": "en"}) + "\n")
        file.flush()
        data = Data(program, file.name)
    lines = [f"{row['id']},{value:.5f}" for row, value in zip(rows, model.probability(data))]
    (target / "golden_scores.csv").write_text("\n".join(lines) + "\n")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--program", default=PROJECT / "build/dev/tests/unit/brain/need_scores", type=pathlib.Path)
    arguments.add_argument("--data", default=PROJECT.parent / "shared/testdata/routing", type=pathlib.Path)
    arguments.add_argument("--hold-out", action="store_true")
    given = arguments.parse_args()
    rows = [json.loads(line) for line in open(given.data / "train.jsonl", encoding="utf-8") if line.strip()]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for row in [*rows, *copies(rows, COPIES, need_model.SEED)]:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        file.flush()
        data = Data(given.program, file.name)
    if given.hold_out:
        hold_out(data)
        return
    model = fit(data, np.ones(len(data.rows), bool))
    calibrate(model, data)
    model.write(PROJECT / "src/brain/need_model.bin")
    golden(model, given.program, PROJECT / "tests/unit/brain")
    dev = Data(given.program, given.data / "dev.jsonl")
    everything, by_source = figures(dev.label, dev.source, model.score(dev))
    print(f"development split: AUC {everything:.3f}, within sources {np.mean(list(by_source.values())):.3f}")
    for name, value in by_source.items():
        print(f"  {name:28s}{value:.3f}")


if __name__ == "__main__":
    main()
