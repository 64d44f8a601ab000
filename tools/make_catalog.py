#!/usr/bin/env python3
"""Makes src/core/models.json, the model catalogue that is compiled into the library.

    tools/make_catalog.py SOURCE         writes src/core/models.json from a long list of models
    tools/make_catalog.py                brings src/core/models.json itself into its canonical form
    tools/make_catalog.py --check [SOURCE]   writes nothing; exit 1 if the file is not what would be written

SOURCE is a JSON array of rows that carry more than the engine reads (notes, sources, dates of release). The script
keeps the columns that the engine reads, adds the columns that are this project's own judgement (`standing`, `vertex_regional`,
`thinking.keeps_earlier`, `thinking.disabled_up_to_effort`, `openai_api`, `reasoning.can_be_off`, `reasoning.off_by_default`) and the small local models, and writes one model a line. What it writes is again a
SOURCE, so a checkout alone can be checked.
"""

import argparse
import json
import pathlib
import re
import sys

TARGET = pathlib.Path(__file__).resolve().parent.parent / "src" / "core" / "models.json"

# What a model is for, beside its siblings. The first pattern that matches a whole id decides.
STANDING = [
    ("claude-(fable|mythos)-.*", "frontier", "above Opus in ability and price"),
    ("claude-opus-.*", "frontier", "the vendor's model for the hardest work"),
    ("claude-sonnet-.*", "balanced", "the vendor's model for everyday work"),
    ("claude-haiku-.*", "fast", "the vendor's small model"),
    ("gpt-.*-astra", "frontier", "the largest of its generation"),
    ("gpt-5.6-sol|gpt-5.5", "frontier", "the largest of their generation, before there was an Astra"),
    ("gpt-.*-(sol|terra)", "balanced", "the middle of their generation"),
    (".*-(luna|mini|nano)", "fast", "the small ones"),
    (r"gpt-5(\.[124])?|gpt-4\.1|gpt-4o|o3", "balanced", "the vendor points their users to Sol"),
    ("gemini-4-(carbon|argon|neon)", "frontier", "the largest of their generation"),
    ("gemini-.*-pro(-preview)?", "frontier", "the largest of their generation"),
    ("gemini-.*-flash-lite", "fast", "the smallest of their generation"),
    ("gemini-4-hydrogen|gemini-.*-flash(-preview)?", "balanced", "the middle of their generation"),
    ("qwen2.5-coder-1.5b-instruct", "balanced", "the better of the two"),
    ("smollm2-135m-instruct", "fast", "small enough for a test, and often wrong"),
]

# Serves where nobody names a model. It comes first among its provider's rows: the engine takes the first balanced row,
# and once that is retired, its successor. Gemini: not 4 Carbon or Argon, which answer to paying accounts only.
DEFAULTS = ["claude-sonnet-4-5", "gpt-6.2-sol", "gemini-3.8-flash", "qwen2.5-coder-1.5b-instruct"]

# Claude models that see the thinking of the last turn only; every other Claude keeps that of earlier turns as well.
FORGETS_EARLIER_THINKING = {"claude-sonnet-4-5", "claude-haiku-4-5"}

# Claude models that take disabled thinking, but only with an effort of at most this (said in prose by the vendor).
DISABLED_UP_TO_EFFORT = {"claude-opus-5": "high", "claude-haiku-5-5": "high"}

# Claude models that single regions of Vertex AI serve too; every later one is on global, us and eu only (said in prose by the vendor).
VERTEX_REGIONAL = {"claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5", "claude-opus-4-6", "claude-sonnet-4-6"}

# Gemini models with a least budget that can be told not to think all the same, and do not unless told to (said in prose by the vendor).
THINKS_ONLY_WHEN_TOLD = {"gemini-2.5-flash-lite"}

# Where nobody says whether thinking is shown. Asking for it is legal either way, so "omitted" can only show too much.
UNKNOWN_DISPLAY = "omitted"

FREE = {"input": 0, "output": 0, "cache_read": 0, "cache_write_5m": 0, "cache_write_1h": 0}
ALL_SAMPLING = {"temperature": True, "top_p": True, "top_k": True, "temperature_and_top_p_together": True}


def local_model(model_id, display_name, tools_by_schema):
    # Window and output as the embedded runtime is started: 4,096 tokens, of which an answer may take half.
    # Tools by the native field are never parsed right with these weights.
    return {"id": model_id, "provider": "local", "display_name": display_name, "status": "active",
            "context_window": 4096, "max_output_tokens": 2048, "input_modalities": ["text"], "tool_use": False,
            "tools_by_schema": tools_by_schema, "sampling_params": ALL_SAMPLING,
            "price_usd_per_mtok": FREE}


LOCAL_MODELS = [
    local_model("qwen2.5-coder-1.5b-instruct", "Qwen2.5-Coder 1.5B Instruct (Q4_K_M)", tools_by_schema=True),
    local_model("smollm2-135m-instruct", "SmolLM2 135M Instruct (Q4_1)", tools_by_schema=False),
]

# Columns in the order of writing. A nested table names the members that are kept.
COLUMNS = {
    "id": None, "provider": None, "display_name": None, "standing": None, "aliases": None, "status": None,
    "deprecated_at": None, "retires_at": None, "successor": None, "context_window": None, "max_output_tokens": None,
    "input_modalities": None, "tool_use": None, "tools_by_schema": None,
    "thinking": {"types", "default_when_absent", "keeps_earlier", "disabled_up_to_effort", "interleaved", "display_default"},
    "effort": {"levels", "default"},
    "reasoning": {"kind", "levels", "default", "min", "max", "can_be_off", "off_by_default"},
    "sampling_params": {"temperature", "top_p", "top_k", "temperature_and_top_p_together"},
    "assistant_prefill": None, "forced_tool_choice": None, "thinking_bound_to_prefix": None,
    "min_cacheable_tokens": None,
    "price_usd_per_mtok": {"input", "output", "cache_read", "cache_write_5m", "cache_write_1h", "long_prompt_tier"},
    "bedrock": {"invoke_model_base_id", "profile_prefixes", "needs_profile_prefix", "mantle_id"},
    "vertex_id": None, "vertex_regional": None, "openai_api": None,
}

# Columns and members that are read by people only, that follow from others, or that nothing in the engine asks for yet.
DROPPED = {
    "released", "retires_not_before", "max_output_tokens_batch_beta", "max_input_tokens", "output_modalities", "vision",
    "structured_outputs", "mid_conversation_system", "fast_mode_price_usd_per_mtok", "notes", "unconfirmed", "sources",
    "thinking.rejected_types",
    "sampling_params.allowed_with_effort", "sampling_params.when_sent", "price_usd_per_mtok.batch_input", "price_usd_per_mtok.batch_output",
}

# Written even where null: absent means "as for any model", null means "nobody knows".
KEEP_NULL = {"max_output_tokens"}


def fail(sentence):
    sys.exit(f"make_catalog: {sentence}")


def standing_of(model_id):
    for pattern, standing, _reason in STANDING:
        if re.fullmatch(pattern, model_id):
            return standing
    fail(f"no rule of STANDING fits {model_id}")


def plain(number):
    """2.0 and 2 are the same price; the file says 2."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def priced(table):
    tier = table.pop("long_prompt_tier", None)
    out = {name: plain(value) for name, value in table.items() if value is not None}
    if tier:
        tier = {("cache_write_5m" if name == "cache_write" else name): plain(value)
                for name, value in tier.items() if name != "applies_to" and value is not None}
        out["long_prompt_tier"] = tier
    return out


def engine_row(row):
    """The row as the engine reads it."""
    model_id = row["id"]
    for name in row:
        if name not in COLUMNS and name not in DROPPED:
            fail(f"{model_id} has a new column {name}: add it to COLUMNS or to DROPPED")
    row = {**row, "standing": standing_of(model_id), "vertex_regional": True if model_id in VERTEX_REGIONAL else None,
           # Reasoning models take tools on the Responses API only; the others are asked where every compatible server is, too.
           "openai_api": "responses" if row["provider"] == "openai" and row.get("reasoning") else None}
    out = {}
    for name, members in COLUMNS.items():
        value = row.get(name)
        if members is not None and value is not None:
            for member in value:
                if member not in members and f"{name}.{member}" not in DROPPED:
                    fail(f"{model_id} has a new member {name}.{member}: add it to COLUMNS or to DROPPED")
            value = {member: item for member, item in value.items() if member in members}
            if name == "price_usd_per_mtok":
                value = priced(value)
            elif name == "thinking":
                value["keeps_earlier"] = model_id not in FORGETS_EARLIER_THINKING
                value["display_default"] = value["display_default"] or UNKNOWN_DISPLAY
                if model_id in DISABLED_UP_TO_EFFORT:
                    value["disabled_up_to_effort"] = DISABLED_UP_TO_EFFORT[model_id]
            elif name == "reasoning":
                if model_id in THINKS_ONLY_WHEN_TOLD:
                    value = {**value, "can_be_off": True, "off_by_default": True}
                value = {member: item for member, item in value.items() if item not in (None, [])}
            elif name == "sampling_params":
                together = bool(value.get("temperature") and value.get("top_p"))
                value.setdefault("temperature_and_top_p_together", together)
            else:
                value = {member: item for member, item in value.items() if item not in (None, [])}
        if value in (None, [], {}) and not (name in KEEP_NULL and name in row):
            continue
        out[name] = value
    return out


def check_references(rows):
    names = {}
    for row in rows:
        for name in [row["id"], *row.get("aliases", [])]:
            if name in names:
                fail(f"{name} belongs to {names[name]} and to {row['id']}")
            names[name] = row["id"]
    for row in rows:
        if row.get("successor", row["id"]) not in names:
            fail(f"the successor of {row['id']} is not in the list: {row['successor']}")
    for default in DEFAULTS:
        if default not in names:
            fail(f"the default {default} is not in the list")


def make(source):
    local = {row["id"] for row in LOCAL_MODELS}
    rows = [engine_row(row) for row in [*(row for row in source if row["id"] not in local), *LOCAL_MODELS]]
    check_references(rows)
    providers = list(dict.fromkeys(row["provider"] for row in rows))
    # Sorting is stable: the source's order stays, the default comes first.
    rows.sort(key=lambda row: (providers.index(row["provider"]), row["id"] not in DEFAULTS))
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
    return "[\n" + ",\n".join(lines) + "\n]\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", nargs="?", type=pathlib.Path, default=TARGET,
                        help="the long list; default: the file itself")
    parser.add_argument("target", nargs="?", type=pathlib.Path, default=TARGET, help="default: src/core/models.json")
    parser.add_argument("--check", action="store_true", help="compare only")
    args = parser.parse_args()
    text = make(json.loads(args.source.read_text(encoding="utf-8")))
    if not args.check:
        args.target.write_text(text, encoding="utf-8")
        print(f"{args.target}: {text.count(chr(10)) - 2} models, {len(text.encode()):,} bytes")
    elif args.target.read_text(encoding="utf-8") != text:
        fail(f"{args.target} is not what this script makes of {args.source}; run it without --check")


if __name__ == "__main__":
    main()
