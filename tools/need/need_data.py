"""Reads the prompts and what the library's own code sees of them, so that fitting and judging share one definition of a feature."""
import json
import pathlib
import re
import struct
import subprocess
import tempfile

import numpy as np
from scipy import sparse

PROJECT = pathlib.Path(__file__).resolve().parents[2]


def feature_names():
    header = (PROJECT / "src/brain/features.hpp").read_text()
    body = re.search(r"enum class Feature.*?\{(.*?)count_", header, re.S).group(1)
    return [name.strip() for name in body.replace("\n", " ").split(",") if name.strip()]


def bucket_count():
    header = (PROJECT / "src/brain/ngrams.hpp").read_text()
    return 1 << int(re.search(r"ngram_buckets = std::size_t\{1\} << (\d+)", header).group(1))


class Data:
    """Rows of one JSON-lines file, their features as a matrix and their n-grams as a sparse one."""

    def __init__(self, program, path):
        self.rows = [json.loads(line) for line in open(path, encoding="utf-8") if line.strip()]
        with tempfile.NamedTemporaryFile() as out:
            subprocess.run([program, path, "--features", out.name], check=True)
            raw = pathlib.Path(out.name).read_bytes()
        width, at = len(feature_names()), 0
        self.dense = np.zeros((len(self.rows), width), np.float32)
        buckets, ends = [], [0]
        for i in range(len(self.rows)):
            self.dense[i] = np.frombuffer(raw, np.float32, width, at)
            at += 4 * width
            (count,) = struct.unpack_from("<I", raw, at)
            buckets.append(np.frombuffer(raw, np.uint32, count, at + 4).astype(np.int64))
            at += 4 + 4 * count
            ends.append(ends[-1] + count)
        assert at == len(raw), "the program and features.hpp differ"
        buckets = np.concatenate(buckets)
        self.ngrams = sparse.csr_matrix((np.ones(len(buckets), np.float32), buckets, ends), shape=(len(self.rows), bucket_count()))
        self.label = np.array([row["label_needs_thinking"] for row in self.rows])
        self.difficulty = np.array([row["difficulty"] for row in self.rows])
        self.source = np.array([row["source"] for row in self.rows])
        self.language = np.array([row["lang"] for row in self.rows])
