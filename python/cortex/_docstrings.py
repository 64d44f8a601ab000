"""What a docstring says about a function and its parameters: Google, NumPy and reStructuredText styles."""

import re
from inspect import cleandoc

_SECTION = "Args|Arguments|Params|Parameters|Keyword Args|Keyword Arguments|Other Parameters|Attributes|Fields"
_ANY_HEADER = re.compile(r"[A-Z]\w*(?: [A-Z]?\w+)?:\s*$")
_GOOGLE = re.compile(rf"(?:{_SECTION}):\s*$", re.IGNORECASE)
_GOOGLE_ENTRY = re.compile(r"\*{0,2}(\w+)\s*(?:\(.*?\))?\s*:\s*(.*)$")
_NUMPY = re.compile(rf"(?:{_SECTION})\s*$", re.IGNORECASE)
_NUMPY_ENTRY = re.compile(r"(\*{0,2}\w+(?:\s*,\s*\*{0,2}\w+)*)\s*(?::.*)?$")
_UNDERLINE = re.compile(r"[-=]{3,}\s*$")
_FIELD = re.compile(r"[:@](\w+)(?:\s+([^:]*))?:\s*(.*)$")
_PARAMETER_FIELDS = {"param", "parameter", "arg", "argument", "key", "keyword", "kwarg", "var", "ivar", "attribute"}


def parse(text):
    """(the first paragraph on one line, {parameter: its description on one line})."""
    if not text:
        return "", {}
    # A section in the very first line keeps what stands below it only where that line is indented like the others.
    lines = cleandoc("\n" + text if _GOOGLE.match(text.partition("\n")[0]) else text).splitlines()
    parameters = {}
    for number, line in enumerate(lines):
        if _GOOGLE.match(line):
            _google(lines[number + 1:], parameters)
        elif _NUMPY.match(line) and _underlined(lines, number):
            _numpy(lines[number + 2:], parameters)
        elif (field := _FIELD.match(line)) and field[1] in _PARAMETER_FIELDS and (field[2] or "").strip():
            name = field[2].split()[-1].lstrip("*")
            parameters.setdefault(name, _joined([field[3], *_indented(lines[number + 1:])]))
    return _summary(lines), parameters


def _summary(lines):
    taken = []
    for number, line in enumerate(lines):
        if not line.strip():
            if taken:
                break
            continue
        if _FIELD.match(line) or _ANY_HEADER.match(line) and _indented(lines[number + 1:]) or _underlined(lines, number):
            break
        taken.append(line)
    return _joined(taken)


def _underlined(lines, number):
    return number + 1 < len(lines) and _UNDERLINE.match(lines[number + 1]) is not None


def _indented(lines):
    """The lines of a block that stands below a line without indentation."""
    taken = []
    for line in lines:
        if line.strip() and not line[0].isspace():
            break
        taken.append(line)
    while taken and not taken[-1].strip():
        taken.pop()
    return taken


def _google(lines, parameters):
    block = _indented(lines)
    depth = min((_depth(line) for line in block if line.strip()), default=0)
    _entries(block, depth, _GOOGLE_ENTRY, parameters)


def _numpy(lines, parameters):
    block = []
    for number, line in enumerate(lines):
        if line.strip() and _underlined(lines, number):
            break
        block.append(line)
    _entries(block, 0, _NUMPY_ENTRY, parameters)


def _entries(block, depth, pattern, parameters):
    names, text = [], []

    def close():
        for name in names:
            parameters.setdefault(name.strip().lstrip("*"), _joined(text))

    for line in block:
        entry = pattern.match(line[depth:]) if line.strip() and _depth(line) == depth else None
        if entry:
            close()
            names, text = entry[1].split(","), [entry[2]] if pattern is _GOOGLE_ENTRY else []
        else:
            text.append(line)
    close()


def _depth(line):
    return len(line) - len(line.lstrip())


def _joined(lines):
    return " ".join(" ".join(lines).split())
