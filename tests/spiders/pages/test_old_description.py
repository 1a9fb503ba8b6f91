"""The description of pages whose text stands in the feature's own place."""

from __future__ import annotations

import pytest

from spiders.pages.document import Document
from spiders.pages.fetched import Fetched
from spiders.pages.sections.texts import TextSection
from spiders.pages.trace import Sources


@pytest.mark.parametrize(
    ("inner", "description"),
    [
        ("<h2>Product description</h2>", None),
        ("<h2>Product description</h2> <p>Four ports.</p>", "Product description Four ports."),
        ("<p>Four ports.</p>", "Four ports."),
        ("", None),
    ],
)
def test_a_heading_alone_is_no_description(inner: str, description: str | None) -> None:
    html = f'<div id="productDescription_feature_div">{inner}</div>'
    document = Document(Fetched("https://www.amazon.com/dp/B000000001", 200, {}, html.encode()))
    assert TextSection(document, sources=Sources()).description() == description
