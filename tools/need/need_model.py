"""The estimate of complexity: fitted here, written as src/brain/need_model.bin, and evaluated from these bytes as the library does."""
import struct

import lightgbm
import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

SEED = 1
# How much straight lines, words and trees count.
SHARES = (0.1, 0.5, 1.0)
COPY_WEIGHT = 0.4
MAGIC = b"CXNEED01"


def row_weights(data, mask, power):
    """Small sources count nearly as much as large ones, as what matters is an unseen one; a copy in another script counts less than an original."""
    source = data.source[mask]
    names, counts = np.unique(source, return_counts=True)
    size = dict(zip(names, counts))
    weights = np.array([float(size[name]) ** -power for name in source])
    weights *= np.where(np.char.startswith(data.language[mask], "x-"), COPY_WEIGHT, 1.0)
    return weights / weights.mean()


def fit_linear(data, mask, C=0.01, power=0.5, mix=0.5):
    X = data.dense[mask]
    mean, sd = X.mean(0), np.maximum(X.std(0), 1e-3)
    Z = np.clip((X - mean) / sd, -4, 4)
    target = (1 - mix) * data.label[mask] + mix * data.difficulty[mask]
    w = row_weights(data, mask, power)
    model = LogisticRegression(C=C, max_iter=500)
    model.fit(np.vstack([Z, Z]), np.r_[np.ones(len(Z)), np.zeros(len(Z))], sample_weight=np.r_[w * target, w * (1 - target)])
    return {"bias": float(model.intercept_[0]), "mean": mean, "scale": 1 / sd, "weight": model.coef_[0]}


def fit_words(data, mask, C=1.0, power=0.5, min_count=4):
    # Other languages are known as easy ones only, which is no property of a language.
    mask = mask & np.isin(data.language, ["en", "zh"])
    G = data.ngrams[mask]
    known = np.asarray((G > 0).sum(0)).ravel() >= min_count
    G = G @ sparse.diags(known.astype(np.float32))
    size = np.sqrt(np.maximum(np.asarray(G.sum(1)).ravel(), 1))
    model = LogisticRegression(C=C, max_iter=300, solver="liblinear", random_state=SEED)
    model.fit(sparse.diags(1 / size) @ G, data.label[mask], sample_weight=row_weights(data, mask, power))
    weight = np.where(known, model.coef_[0], 0.0)
    scale = np.abs(weight).max() / 127
    quantised = np.rint(weight / scale)
    quantised = np.where(known & (quantised == 0), np.where(weight >= 0, 1, -1), quantised).astype(np.int8)
    return {"bias": float(model.intercept_[0]), "scale": float(scale), "weight": quantised}


def fit_trees(data, mask, rounds=700, leaves=20, rate=0.06, power=0.5, mix=0.4):
    settings = dict(objective="cross_entropy", num_leaves=leaves, learning_rate=rate, min_data_in_leaf=40, feature_fraction=0.5, bagging_fraction=0.7,
                    bagging_freq=1, lambda_l2=5, max_bin=63, verbose=-1, num_threads=1, seed=SEED, deterministic=True, force_row_wise=True)
    target = (1 - mix) * data.label[mask] + mix * data.difficulty[mask]
    booster = lightgbm.train(settings, lightgbm.Dataset(data.dense[mask], target, weight=row_weights(data, mask, power)), rounds)
    trees = [tree_of(info["tree_structure"]) for info in booster.dump_model()["tree_info"]]
    scale = max(np.abs(values).max() for _, values in trees) / 32000
    return {"bias": 0.0, "scale": float(scale), "trees": [(nodes, np.rint(np.array(values) / scale).astype(np.int16)) for nodes, values in trees]}


def tree_of(root):
    """Nodes as (feature, threshold, left, right), where a negative child -k-1 is leaf k."""
    nodes, values = [], []

    def walk(node):
        if "leaf_value" in node:
            values.append(node["leaf_value"])
            return -len(values)
        at = len(nodes)
        nodes.append(None)
        # The library compares 32-bit floats, so the threshold is one, rounded down to keep "<=" true of what lies below.
        threshold = np.float32(node["threshold"])
        if threshold > node["threshold"]:
            threshold = np.nextafter(threshold, np.float32(-np.inf))
        left, right = walk(node["left_child"]), walk(node["right_child"])
        nodes[at] = (node["split_feature"], threshold, left, right)
        return at

    walk(root)
    return nodes, np.array(values)


def linear_score(model, X):
    return model["bias"] + np.clip((X - model["mean"]) * model["scale"], -4, 4) @ model["weight"]


def words_score(model, G):
    known = sparse.diags((model["weight"] != 0).astype(np.float64))
    count = np.maximum(np.asarray((G @ known).sum(1)).ravel(), 1)
    return model["bias"] + model["scale"] * np.asarray(G @ model["weight"].astype(np.float64)).ravel() / np.sqrt(count)


def trees_score(model, X):
    out = np.full(len(X), model["bias"])
    for nodes, values in model["trees"]:
        if not nodes:
            out += model["scale"] * values[0]
            continue
        at = np.zeros(len(X), int)
        feature = np.array([n[0] for n in nodes])
        threshold = np.array([n[1] for n in nodes], np.float32)
        left, right = np.array([n[2] for n in nodes]), np.array([n[3] for n in nodes])
        for _ in range(len(nodes)):
            inner = np.where(at >= 0)[0]
            if not len(inner):
                break
            node = at[inner]
            at[inner] = np.where(X[inner, feature[node]] <= threshold[node], left[node], right[node])
        out += model["scale"] * values[-at - 1]
    return out


class Model:
    """The three parts, how much each weighs, and the straight line that makes 0.5 the place where thinking is worth its price."""

    def __init__(self, linear, words, trees, shares, bias=0.0, slope=1.0):
        self.linear, self.words, self.trees, self.shares, self.bias, self.slope = linear, words, trees, shares, bias, slope

    def score(self, data, mask=slice(None)):
        X, G = data.dense[mask], data.ngrams[mask]
        parts = (linear_score(self.linear, X), words_score(self.words, G), trees_score(self.trees, X))
        return self.bias + sum(share * part for share, part in zip(self.shares, parts))

    def probability(self, data, mask=slice(None)):
        return 1 / (1 + np.exp(-self.slope * self.score(data, mask)))

    def write(self, path):
        out = bytearray(MAGIC)
        out += struct.pack("<5f", *self.shares, self.bias, self.slope)
        out += struct.pack("<f", self.linear["bias"])
        for mean, scale, weight in zip(self.linear["mean"], self.linear["scale"], self.linear["weight"]):
            out += struct.pack("<3f", mean, scale, weight)
        out += struct.pack("<2f", self.words["bias"], self.words["scale"]) + self.words["weight"].tobytes()
        out += struct.pack("<I2f", len(self.trees["trees"]), self.trees["scale"], self.trees["bias"])
        for nodes, values in self.trees["trees"]:
            out += struct.pack("<B", len(values))
            for feature, threshold, left, right in nodes:
                out += struct.pack("<Bfbb", feature, threshold, left, right)
            out += values.astype("<i2").tobytes()
        path.write_bytes(bytes(out))
