"""Lists the benchmarks: ``./seawall bench`` and, for one of them, ``./seawall bench NAME``."""

import ast
from pathlib import Path

for path in sorted(Path(__file__).parent.glob("*.py")):
    if not path.name.startswith("_"):
        summary = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").splitlines()[:1]
        print(f"{path.stem:14} {''.join(summary)}")
