"""Answers that are JSON: a schema as a user writes it, and the value made of what came."""

from ._errors import ConfigError


def schema_text(schema):
    """The JSON Schema's text, of a dict, a text, or a model class of pydantic; None for None."""
    if schema is None or isinstance(schema, str):
        return schema
    import json  # only now: `import cortex` is light

    if _is_model(schema):
        return json.dumps(schema.model_json_schema())
    if isinstance(schema, dict):
        try:
            return json.dumps(schema, allow_nan=False)
        except (TypeError, ValueError) as failure:
            raise ConfigError(f"answer_schema is no JSON: {failure}.") from failure
    raise ConfigError(f"answer_schema is of type {type(schema).__name__}; expected a dict with a JSON Schema, its text, or a pydantic model.")


def value_of(content, schema):
    """What an answer that fits `schema` holds: plain values, or an instance of the model class."""
    if _is_model(schema):
        return schema.model_validate_json(content)
    import json

    return json.loads(content)


def _is_model(schema):
    return isinstance(schema, type) and hasattr(schema, "model_json_schema")
