"""The built site has what it must have, read as files."""

import pytest

import imbgan
from docs.site.contents import BUILD

HTML = BUILD / "html"
pytestmark = [pytest.mark.site, pytest.mark.skipif(not HTML.is_dir(), reason="make docs builds the site")]


@pytest.mark.parametrize("name", sorted(imbgan.__all__))
def test_each_public_name_has_a_page_with_its_documentation(name):
    page = (HTML / "reference" / "api" / f"{name}.html").read_text(encoding="utf-8")
    assert f'id="imbgan.{name}"' in page
    found = getattr(imbgan, name)
    if not (isinstance(found, type) and issubclass(found, BaseException)):
        assert "Parameters" in page
