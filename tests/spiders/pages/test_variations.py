"""The picker's script is read from its first known key on; what stands before that is looked up too."""

from __future__ import annotations

from spiders.pages.fetched import Fetched
from spiders.pages.product import ProductPage

_SCRIPT = """
var templates = "{0}";
var dataToReturn = {{ "variationValues": {{"size_name": ["S", "M"]}},
  "dimensions": ["size_name"], {1}
  "variationDisplayLabels": {{"size_name": "Size"}},
  "dimensionValuesDisplayData": {{"B0FIXTURE1": ["S"], "B0FIXTURE2": ["M"]}} }};
return dataToReturn;
"""


def page_with(script: str) -> ProductPage:
    html = (
        "<html><body><span id=productTitle>Lamp</span><div id=buybox></div>"
        f"<input id=ASIN value=B0FIXTURE1><div id=twister_feature_div><script>{script}</script></div>"
        "</body></html>"
    )
    return ProductPage(Fetched("https://www.amazon.com/dp/B0FIXTURE1", 200, {}, html.encode()))


def test_keys_before_the_parent_are_read_as_those_after_it() -> None:
    item = page_with(_SCRIPT.format("x" * 9_000, '"parentAsin": "B0PARENT01",')).item()
    assert item is not None
    assert item.parentAsin == "B0PARENT01"
    assert item.selectedVariation == {"size_name": "S"}
    assert [(d.key, d.label, d.values) for d in item.variationDimensions or []] == [
        ("size_name", "Size", ["S", "M"])
    ]


def test_a_family_without_a_stated_parent_is_read_as_well() -> None:
    item = page_with(_SCRIPT.format("", "")).item()
    assert item is not None
    assert item.parentAsin is None
    assert item.variantsTotal == 2
