"""Rebuild docs/results.md and docs/results: error rates on all data at hand.

    python benchmarks/results.py [--cache DIR] [--only NAME ...] [--jobs N] [--docs DIR]

Public data come from $FINGERPRINT_DATASETS, or are downloaded. With --cache, a league that is there
already is not measured again: delete its file to have it measured. Pages of other origin in
docs/results (library health, ...) are listed in the contents and left alone.
"""

import argparse
import hashlib
import io
import json
import tempfile
import time
from pathlib import Path

from PIL import Image
from results_data import DATA_SETS, ROOT, WORDS

from fingerprint.evaluation import evaluate
from fingerprint.intake.writing.atomic import atomic_write
from fingerprint.report.league import NO_PUBLIC_DATA
from fingerprint.report.league_json import league_json, read_league
from fingerprint.report.league_markdown import HEADLINE, headline, league_markdown, markdown_table
from fingerprint.report.league_plots import confusion_picture, curves_picture, league_picture

MEASURED = ("evidence", "judgement", "questions", "evaluation")


def main():
    parser = argparse.ArgumentParser(description="Rebuild docs/results.md and docs/results.")
    parser.add_argument("--cache", type=Path, help="Folder of leagues measured already.")
    names = [data.name for data in DATA_SETS]
    parser.add_argument("--only", nargs="+", choices=names, help="Measure these alone.")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        cache = asked.cache or Path(passing)
        leagues = {}
        for data in DATA_SETS:
            wanted = not asked.only or data.name in asked.only
            found = measured(data, cache, asked.jobs, wanted)
            if found:
                leagues[data.name] = found
    write_pages(leagues, asked.docs)


def measured(data, cache, jobs, wanted):
    """Leagues of a data set, one a seed; those in the cache are read from there."""
    (cache / "leagues").mkdir(parents=True, exist_ok=True)
    paths = {seed: cache / "leagues" / f"{data.name}_{seed}.json" for seed in data.seeds}
    missing = [seed for seed, path in paths.items() if not path.exists()]
    if missing and not wanted:
        return None
    library = data.library(cache / "libraries") if missing else None
    for seed in missing:
        started = time.perf_counter()
        league = evaluate(library, seed=seed, n_jobs=jobs, **data.options)
        seconds = time.perf_counter() - started
        print(f"{data.name}, seed {seed}: {seconds:.0f} s", flush=True)
        content = {**league_json(league), "code": code_hash(), "seconds": seconds}
        write(paths[seed], json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False))
    found = [json.loads(path.read_text(encoding="utf-8")) for path in paths.values()]
    if any(each["code"] != code_hash() for each in found):
        print(f"{data.name}: from the cache, measured by other code than this", flush=True)
    return [read_league(path) for path in paths.values()]


def code_hash():
    """Of what a league depends on."""
    digest = hashlib.sha256()
    for room in MEASURED:
        for path in sorted((ROOT / "src" / "fingerprint" / room).glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def write_pages(leagues, docs):
    folder = docs / "results"
    folder.mkdir(parents=True, exist_ok=True)
    pages = {}
    for data in DATA_SETS:
        if data.name in leagues:
            pages.setdefault(data.on_page, []).append(data)
    for page, sets in pages.items():
        shared = bool(sets[0].page)
        text = shared_page(sets, leagues) if shared else single_page(sets[0], leagues, folder)
        write(folder / f"{page}.md", text)
    write(docs / "results.md", contents(pages, leagues, folder))


def contents(pages, leagues, folder):
    rows = []
    for page, sets in pages.items():
        for data in sets:
            cells = headline(leagues[data.name])
            rows.append([f"[{data.title}](results/{page}.md), {cells[0]}", *cells[1:]])
    others = [path for path in sorted(folder.glob("*.md")) if path.stem not in pages]
    beside = "\n".join(f"- [{heading(path)}](results/{path.name})" for path in others)
    said = WORDS["pages"]["contents"].strip()
    return (
        f"{said}\n\n{markdown_table(HEADLINE, rows)}\n\nMeasured by other programs:\n\n{beside}\n"
    )


def heading(path):
    return path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")


def single_page(data, leagues, folder):
    league = leagues[data.name][0]
    pictures = {"league": league_picture(league), "curves": curves_picture(league)}
    if league.confusion is not None:
        pictures["confusion"] = confusion_picture(league, league.confusion)
    lines = [f"# {data.title}", data.words, f"`{data.command}`", NO_PUBLIC_DATA]
    lines.append(league_markdown(leagues[data.name]))
    for name, picture in pictures.items():
        save_small(picture, folder / f"{data.name}_{name}.png")
        lines.append(f"![{ALT[name]}]({data.name}_{name}.png)")
    return "\n\n".join(lines) + "\n"


ALT = {
    "league": "False acceptance of each scorer, and Tippett plot of the fusion",
    "curves": "DET curve, reliability and empirical cross-entropy of the fusion",
    "confusion": "Which district is taken for which",
}


def shared_page(sets, leagues):
    lines = [
        f"# {WORDS['pages']['publications_title']}",
        WORDS["pages"]["publications"].strip(),
        NO_PUBLIC_DATA,
    ]
    for data in sets:
        lines += [f"## {data.title}", f"`{data.command}`", league_markdown(leagues[data.name])]
    return "\n\n".join(lines) + "\n"


def write(path, text):
    with atomic_write(path) as passing:
        passing.write_text(text, encoding="utf-8")


def save_small(picture, path):
    """Few colours and no more points than a page shows: some 50 kB."""
    whole = io.BytesIO()
    picture.savefig(whole, dpi=90)
    small = Image.open(whole).convert("RGB").quantize(200, Image.Quantize.MAXCOVERAGE)
    with atomic_write(path) as passing:
        small.save(passing, optimize=True)


if __name__ == "__main__":
    main()
