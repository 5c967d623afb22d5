"""The document part of the brief: CPU seconds for words, figures, page and PDF, and what they weigh, by language.

Run as ``python -m bench.pages``, or ``python -m bench.pages CITY [DATE]`` for a folder of yours.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from itertools import pairwise
from pathlib import Path

from seawall.brief import LANGUAGES, find, say
from seawall.brief.html import write_html
from seawall.brief.pdf import write_pdf
from seawall.city import open_city
from seawall.city.example import write_example
from seawall.watch.assess import assess
from seawall.zones import DEFAULT_RULES, draw_zones, load_rules, see


def measure(folder: Path, on: date | None) -> None:
    city = open_city(folder)
    situation = assess(city, on)
    seen = see(city, situation.on)
    maps = [draw_zones(seen, load_rules(name)) for name in DEFAULT_RULES]
    start = time.process_time()
    findings = find(city, situation, maps)
    found = time.process_time() - start
    print(f"{city.name}, {situation.on}: tables, sentences and estimates in {found:.2f} s of CPU\n")
    print("| language | words and figures s | page s | PDF s | together s | page kB | PDF kB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for lang in LANGUAGES:
        clock = [time.process_time()]
        brief = say(findings, lang)
        clock.append(time.process_time())
        page = write_html(brief).encode()
        clock.append(time.process_time())
        pdf = write_pdf(brief)
        clock.append(time.process_time())
        steps = " | ".join(f"{after - before:.2f}" for before, after in pairwise(clock))
        print(f"| {lang} | {steps} | {clock[-1] - clock[0]:.2f} | {len(page) / 1e3:.0f} | {len(pdf) / 1e3:.0f} |")


def main() -> None:
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]) if len(sys.argv) > 2 else None)
        return
    with tempfile.TemporaryDirectory() as scratch:
        write_example(Path(scratch) / "city")
        measure(Path(scratch) / "city", date(2025, 4, 10))


if __name__ == "__main__":
    main()
