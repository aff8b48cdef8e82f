"""Looks at code on one SDK: imports each file, then asks the real module for every name and option that it is given.

Usage: probe.py OPTIONS_CLASS MODULE FOLDER FILE..., each file below a folder of FOLDER that is its checkout.
Prints one JSON line per file: path, imported, unknown.
"""

import ast
import contextlib
import dataclasses
import importlib
import io
import json
import os
import sys
import types


def read_code(path):
    if not path.endswith(".ipynb"):
        with open(path, encoding="utf-8-sig") as file:
            return file.read()
    with open(path, encoding="utf-8-sig") as file:
        cells = json.load(file)["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    lines = "\n".join(code).split("\n")
    return "\n".join("pass" if line.lstrip().startswith(("!", "%")) else line for line in lines)


def run(path, code):
    """Runs as an import does, and forgets what it imported of its own: two checkouts may have modules of one name."""
    checkout = os.path.join(folder, os.path.relpath(path, folder).split(os.sep)[0])
    own = [os.path.dirname(path), checkout]
    module = types.ModuleType("probed")
    module.__dict__.update(__file__=path)
    sys.modules["probed"] = module
    sys.argv = [path]
    sys.path[:0] = own
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            exec(compile(code, path, "exec"), module.__dict__)
        return "ok"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    finally:
        del sys.path[: len(own)]
        for name, loaded in list(sys.modules.items()):
            if (getattr(loaded, "__file__", None) or "").startswith(folder):
                del sys.modules[name]


def unknown_in(code, options_class, module):
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return []
    options = getattr(importlib.import_module(module), options_class)
    fields = {field.name for field in dataclasses.fields(options)}
    aliases, unknown = {options_class}, []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == module and node.level == 0:
            for name in node.names:
                if name.name == options_class:
                    aliases.add(name.asname or name.name)
                try:
                    found = name.name == "*" or hasattr(importlib.import_module(node.module), name.name)
                except ImportError:
                    found = False
                if not found:
                    unknown.append([node.lineno, f"{node.module}.{name.name}"])
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
            if called in aliases:
                unknown += [[node.lineno, f"{word.arg}="] for word in node.keywords if word.arg and word.arg not in fields]
    return unknown


options_class, module, folder, *files = sys.argv[1:]
for file in files:
    try:
        text = read_code(file)
    except json.JSONDecodeError:
        # A notebook that nobody can open, before as after.
        print(json.dumps({"path": os.path.relpath(file, folder), "imported": "no JSON", "unknown": []}))
        continue
    print(json.dumps({"path": os.path.relpath(file, folder), "imported": run(file, text), "unknown": unknown_in(text, options_class, module)}))
