"""``python -m docs.site``: build both languages of the site into build/docs/html; ``--anew`` runs the whole gallery."""

import argparse
import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

from docs.site.contents import BUILD, DOCS, LANGUAGES, PUBLISHED_RESULTS, ROOT
from docs.site.staging import Staging

# What sphinx-gallery makes and needs to know that an example has not changed.
KEPT = ("*.rst", "*.md5", "*.ipynb", "images/**/*.png")


def main() -> None:
    """Build the site; any warning is an error."""
    parser = argparse.ArgumentParser(prog="python -m docs.site", description=__doc__)
    parser.add_argument(
        "--anew", action="store_true", help="run all examples of the gallery, and check links to other sites"
    )
    anew = parser.parse_args().anew
    html = BUILD / "html"
    shutil.rmtree(html, ignore_errors=True)
    for language in LANGUAGES:
        source = BUILD / "source" / language
        Staging(language, source, anew=anew).fill()
        _sphinx("html", language, source, html if language == "en" else html / language)
        if language == "en":
            _keep_results(source / "gallery")
            if anew:
                _sphinx("linkcheck", language, source, BUILD / "linkcheck")
    print(f"The site stands in {(html / 'index.html').relative_to(ROOT)}.")


def _sphinx(builder: str, language: str, source: Path, output: Path) -> None:
    trees = BUILD / "doctrees" / language
    shutil.rmtree(trees, ignore_errors=True)
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-b",
        builder,
        "-W",
        "--keep-going",
        "-q",
        "-c",
        str(DOCS),
        "-d",
        str(trees),
    ]
    environment = {**os.environ, "IMBGAN_SITE_LANGUAGE": language, "MPLBACKEND": "agg"}
    done = subprocess.run([*command, str(source), str(output)], env=environment, cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(
            f"The site was not built: Sphinx names the reasons above (pages are read from {source.relative_to(ROOT)})."
        )


def _keep_results(gallery: Path) -> None:
    """Keep what examples made for the next build, and forget what belongs to examples that are gone."""
    made = {path.relative_to(gallery) for pattern in KEPT for path in gallery.glob(pattern) if path.name != "index.rst"}
    for path in [path for path in PUBLISHED_RESULTS.rglob("*") if path.is_file()]:
        if path.relative_to(PUBLISHED_RESULTS) not in made:
            path.unlink()
    for path in made:
        target = PUBLISHED_RESULTS / path
        if not target.exists() or not filecmp.cmp(gallery / path, target, shallow=False):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(gallery / path, target)


if __name__ == "__main__":
    main()
