"""Each line of the pages for users of other libraries runs: the left side too, where that library is installed here."""

import re
from functools import partial
from types import SimpleNamespace

import pytest

import imbgan
from docs.site.contents import DOCS

PAGES = sorted((DOCS / "how-to").glob("coming-from-*.md"))
THERE = "coming-from-imbalanced-learn"


def lines(page):
    """Yield the code of the left and right cell of each line of the table."""
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") and "`" in line and not line.startswith("| :--"):
            there, here, _ = (cell.strip() for cell in line.strip("|").split(" | "))
            yield re.findall(r"`([^`]+)`", there), re.findall(r"`([^`]+)`", here)


def names_of(page):
    """Return the names that the page's block of Python makes; what trains by default trains shortly here."""
    code = re.search(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)[1]
    names = {}
    exec(code, names)
    sampler = partial(imbgan.GANOverSampler, max_iter=50)
    if "GANOverSampler" in names:
        names["GANOverSampler"] = sampler
    if "imbgan" in names:
        bags = partial(imbgan.GANBaggingClassifier, sampler=sampler(random_state=0), n_estimators=2)
        names["imbgan"] = SimpleNamespace(
            GANOverSampler=sampler, GANBaggingClassifier=bags, PriorCorrectedClassifier=imbgan.PriorCorrectedClassifier
        )
    return names


def test_there_is_a_page_for_each_library():
    assert [page.stem for page in PAGES] == ["coming-from-ctgan-sdv", THERE, "coming-from-tabgan"]


@pytest.mark.global_random
@pytest.mark.filterwarnings("ignore::imbgan.exceptions.GenerationQualityWarning")  # short trainings
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_line_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = names_of(page)
    found = list(lines(page))
    assert len(found) >= 9
    for there, here in found:
        assert here, f"{there}: the line has no code of ours"
        ours = [eval(code, names) for code in here][-1]
        if page.stem != THERE:
            continue
        theirs = eval(there[0], names)
        if there[0].startswith("imblearn.over_sampling"):
            n = len(names["X"])
            assert theirs[0][:n].equals(ours[0][:n])
            assert sorted(theirs[1]) == sorted(ours[1]), "both reach the same numbers of rows per class"
