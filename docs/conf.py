"""Configuration of the site, read by Sphinx once per language. `make docs` starts both (docs/site)."""

import os
import sys
import warnings
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import imbgan  # noqa: E402 - found through the line above
from docs.site.contents import SECTIONS  # noqa: E402

LANGUAGE = os.environ["IMBGAN_SITE_LANGUAGE"]
IS_CHINESE = LANGUAGE == "zh"
FOLDERS = [*(section.folder for section in SECTIONS), "benchmarks", "examples"]

project = "imbgan"
author = "imbgan developers"
version = release = imbgan.__version__
html_title = f"imbgan {version}"
copyright = author

extensions = [
    "docs.site.accessible",
    "docs.site.breaks",
    "docs.site.chinese_search",
    "docs.site.gallery",
    "docs.site.mathematics",
    "docs.site.references",
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
]
language = "zh_CN" if IS_CHINESE else "en"
nitpicky = True
# Inventories of other projects would have to be fetched.
nitpick_ignore_regex = [(r"py:.*", r"copy|imblearn\..*|sklearn\..*")]
highlight_language = "none"
smartquotes = False
toc_object_entries_show_parents = "hide"

myst_enable_extensions = ["dollarmath", "strikethrough"]
suppress_warnings = ["myst.strikethrough"]  # it says that only HTML shows it
myst_heading_anchors = 4

# The names of docstrings' types are plain words; what is written as a reference must lead somewhere.
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

html_math_renderer = "mathml"
html_theme = "pydata_sphinx_theme"
html_static_path = [str(ROOT / "docs" / "site" / "static")]
templates_path = [str(ROOT / "docs" / "site" / "templates")]
html_favicon = str(ROOT / "docs" / "site" / "static" / "favicon.svg")
html_css_files = ["site.css"]
html_js_files = ["site.js"]
# A page for addresses that do not exist, which is the same for both languages.
html_extra_path = [] if IS_CHINESE else [str(ROOT / "docs" / "site" / "extra")]
# Where the site will stand, for those who publish it: search engines are told the address of each page.
ADDRESS = os.environ.get("IMBGAN_SITE_ADDRESS", "")
html_baseurl = f"{ADDRESS}zh/" if ADDRESS and IS_CHINESE else ADDRESS
html_search_scorer = str(ROOT / "docs" / "site" / "static" / "scorer.js")
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
# The list of public names is the index.
html_use_index = False
html_domain_indices = False
html_theme_options = {
    "navbar_end": ["language-switch", "theme-switcher"],
    "header_links_before_dropdown": 5,
    "header_dropdown_text": "更多" if IS_CHINESE else "More",
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "footer_end": [],
    "logo": {"text": "imbgan"},
    # Not beside examples: their code needs the width, and their headings are few.
    "secondary_sidebar_items": {
        pages: ["page-toc"] for pages in ("index", "CHANGELOG", "SECURITY", *(f"{folder}/**" for folder in FOLDERS))
    },
}
html_sidebars = {"index": [], "CHANGELOG": []}
# Pages of the English source, which is gathered first: what is there in Chinese alone leads to its start page.
ENGLISH = ROOT / "build" / "docs" / "source" / "en"
html_context = {
    "site_language": LANGUAGE,
    "default_mode": "auto",
    "in_english": [page.relative_to(ENGLISH).with_suffix("").as_posix() for page in ENGLISH.rglob("*.*")],
}

if not IS_CHINESE:
    extensions.append("sphinx_gallery.gen_gallery")
    sphinx_gallery_conf = {
        "examples_dirs": [str(ROOT / "examples" / "gallery")],
        "gallery_dirs": ["gallery"],
        "filename_pattern": "plot_",
        "within_subsection_order": "docs.site.gallery.position",
        "backreferences_dir": None,
        "download_all_examples": False,
        "image_scrapers": ("matplotlib",),
        "reset_modules": ("matplotlib",),
        # No time of a machine stands in kept results.
        "min_reported_time": 1e9,
        "write_computation_times": False,
        "show_memory": False,
        "abort_on_example_error": True,
    }
# A kept result names no file of the machine where an example warned.
warnings.formatwarning = lambda message, category, *_: f"{category.__name__}: {message}\n"
