"""Reads tables of literals out of Python source without running it."""

import ast
import operator
import urllib.parse


class Tables(dict):
    """The values of all names that a module, or a class in it, assigns. Names of what is unknown here become {"name": ...}; a call
    becomes the dictionary of its named arguments, but for str.format and urllib.parse.unquote, which are made."""

    OPERATIONS = {ast.Add: operator.add, ast.Mult: operator.mul, ast.Pow: operator.pow}

    def __init__(self, source):
        super().__init__()
        tree = ast.parse(source)
        for body in [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]:
            for node in body:
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    self[node.targets[0].id] = self.value(node.value)

    def value(self, node):
        match node:
            case ast.Constant():
                return node.value
            case ast.Tuple() | ast.List():
                return [self.value(item) for item in node.elts]
            case ast.Dict():
                return {self.value(key): self.value(item) for key, item in zip(node.keys, node.values) if key is not None}
            case ast.Name():
                known = self.get(node.id)
                # A list of cases keeps their names: the case itself is a name away.
                return known if isinstance(known, (str, bytes, int)) else {"name": node.id}
            case ast.UnaryOp(op=ast.USub()):
                return -self.value(node.operand)
            case ast.BinOp(op=operation):
                known = self.OPERATIONS.get(type(operation))
                left, right = self.value(node.left), self.value(node.right)
                return {"name": ast.unparse(node)} if known is None or isinstance(left, dict) or isinstance(right, dict) else known(left, right)
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format"), keywords=[]):
                return text.format(*(self.value(item) for item in node.args))
            case ast.Call(args=[ast.Constant(value=str(text))]) if ast.unparse(node.func) == "urllib.parse.unquote":
                return urllib.parse.unquote(text)
            case ast.Call():
                return {item.arg: self.value(item.value) for item in node.keywords}
            case _:
                return {"name": ast.unparse(node)}


def plain(value):
    """The same for JSON: names of exceptions as texts, bytes in hex."""
    match value:
        case {"name": str(name), **rest} if not rest:
            return name
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case list():
            return [plain(item) for item in value]
        case bytes():
            return {"bytes_hex": value.hex()}
        case _:
            return value
