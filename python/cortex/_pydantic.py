"""Models of pydantic 2, where a program uses them. The package is never imported before a hint needs it."""

import json

from ._tool_results import text

_MAPS = ("properties", "patternProperties", "dependentSchemas")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE = ("items", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else")
_PLAIN = ("type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
          "minItems", "maxItems", "uniqueItems", "minContains", "maxContains", "required", "minProperties", "maxProperties",
          "dependentRequired", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "format")


def knows(kind):
    """Whether pydantic defines how values of this class are made."""
    return hasattr(kind, "__get_pydantic_core_schema__") or hasattr(kind, "__pydantic_validator__")


def must_decide(metadata):
    """Whether a part of `Annotated` is code of pydantic's, a validator or a discriminator, and not only a limit."""
    return (hasattr(metadata, "__get_pydantic_core_schema__") or bool(getattr(metadata, "discriminator", None))
            or bool(getattr(metadata, "strip_whitespace", None)))


def adapt(hint, definitions):
    """(schema, decode) of a hint that pydantic understands; definitions of its schema go to the root's."""
    from pydantic import TypeAdapter, ValidationError
    from pydantic.errors import PydanticInvalidForJsonSchema, PydanticSchemaGenerationError

    from ._tool_types import Mismatch, Unsupported

    try:
        adapter = TypeAdapter(hint)
        found = hint.model_json_schema() if hasattr(hint, "model_json_schema") else adapter.json_schema()
    except (PydanticInvalidForJsonSchema, PydanticSchemaGenerationError) as failure:
        raise Unsupported(f"pydantic makes no schema of {hint}: {str(failure).splitlines()[0]}") from None
    schema = _hoist(found, definitions)

    def decode(value, path):
        if isinstance(hint, type) and isinstance(value, hint):
            return value
        try:
            return adapter.validate_json(text(value))
        except ValidationError as failure:
            raise Mismatch("; ".join(_sentence(path, error) for error in failure.errors(include_url=False))) from None
        except TypeError:  # not made of JSON's kinds: a program that calls the tool itself
            return adapter.validate_python(value)

    return schema, decode


def free_name(wanted, definitions):
    name, number = wanted, 2
    while name in definitions:
        name, number = f"{wanted}_{number}", number + 1
    return name


def _sentence(path, error):
    for part in error["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return f"{path}: {error['msg']}"


def _hoist(schema, definitions):
    """Moves `$defs` to the root. Two models of one name are kept apart."""
    own = schema.pop("$defs", {})
    names = {}
    for name, definition in own.items():
        same = name in definitions and definitions[name] == _cleaned(definition, dict.fromkeys(own) | {name: name}, name)
        names[name] = name if same else free_name(name, {**definitions, **dict.fromkeys(names.values())})
    for name, definition in own.items():
        definitions[names[name]] = _cleaned(definition, names, name)
    return _cleaned(schema, names, schema.get("title"))


def _cleaned(schema, names, name):
    """The part of the schema that says what is allowed. pydantic itself checks all of it when the value is made."""
    if not isinstance(schema, dict):
        return schema
    result = {}
    for key, value in schema.items():
        if key == "title" and _made_up(value, name):
            continue
        if key == "$ref":
            result[key] = _renamed(value, names)
        elif key in _MAPS:
            result[key] = {inner: _cleaned(part, names, inner) for inner, part in value.items()}
        elif key in _LISTS:
            result[key] = [_cleaned(part, names, None) for part in value]
        elif key in _SINGLE:
            result[key] = _cleaned(value, names, None)
        elif key in _PLAIN:
            result[key] = value
        elif key == "pattern" and "(?" not in value.replace("(?:", "") and not any(f"\\{digit}" in value for digit in range(1, 10)):
            result[key] = value
    return result


def _renamed(reference, names):
    start = "#/$defs/"
    name = reference.removeprefix(start)
    return start + (names.get(name) or name) if reference.startswith(start) else reference


def _made_up(title, name):
    """pydantic repeats each name as a title: tokens that tell a model nothing."""
    return name is not None and title in (name, name.replace("_", " ").title(), name.title().replace("_", " "))


def schema_json(schema):
    """The schema as text; a TypeError or ValueError where it is not made of JSON's kinds."""
    return json.dumps(schema, ensure_ascii=False, allow_nan=False)
