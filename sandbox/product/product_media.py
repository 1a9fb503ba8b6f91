"""Images of a product page and the data of its variations, as the page's scripts carry them."""

import json

from sandbox.goods.catalogue import Catalogue, Layout
from sandbox.goods.offers import is_unselected, variation_values
from sandbox.goods.shelf import Shelf
from sandbox.markup import attribute_json, escape, image_url

_SIZES = (("SY355", 355), ("SX425", 425), ("SX522", 522), ("SX679", 679))
COLOR_KEY, SIZE_KEY = "color_name", "size_name"


def images(shelf: Shelf) -> str:
    product = shelf.product
    first = product.image_ids[0]
    dynamic = {image_url(first, f"_AC_{name}_"): [side, side] for name, side in _SIZES}
    entries = [
        {
            # Amazon leaves out the large form of some pictures.
            "hiRes": None if place == 2 else image_url(image, "_AC_SL1500_"),
            "thumb": image_url(image, "_AC_US40_"),
            "large": image_url(image, "_AC_"),
            "main": {image_url(image, f"_AC_{name}_"): [side, side] for name, side in _SIZES},
            "variant": "MAIN" if place == 0 else f"PT{place:02}",
            "lowRes": None,
        }
        for place, image in enumerate(product.image_ids)
    ]
    return (
        f'<div id="leftCol"><div id="imageBlock_feature_div"><div id="imgTagWrapperId"><img '
        f'alt="{escape(shelf.title)}" src="{image_url(first, "_AC_SX425_")}" '
        f'data-old-hires="{image_url(first, "_AC_SL1500_")}" id="landingImage" '
        f'class="a-dynamic-image" data-a-dynamic-image="{attribute_json(dynamic)}"></div>'
        "<script type=\"text/javascript\">P.when('A').register('ImageBlockATF', function(A){ "
        f"var data = {{ 'asin' : '{product.asin}', 'colorImages': {{ 'initial': "
        f"{_script_json(entries)}}}, 'colorToAsin': {{'initial': {{}}}}, "
        f"'airyConfig' : A.$.parseJSON('{{\"videos\":[]}}') }}; return data; }});</script></div>"
        "</div>\n"
    )


def _script_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")


def variations(shelf: Shelf, catalogue: Catalogue) -> str:
    if shelf.product.layout is not Layout.VARIATIONS:
        return ""
    words = shelf.locale.words
    family = catalogue.family(shelf.product)
    values = {member.asin: variation_values(member) for member in family}
    data = {
        "dimensionToAsinMap": {f"{color}_{size}": asin for asin, (color, size) in values.items()},
        "variationValues": {COLOR_KEY: list(words.colors), SIZE_KEY: list(words.sizes)},
        "dimensionValuesDisplayData": {
            asin: [words.colors[color], words.sizes[size]] for asin, (color, size) in values.items()
        },
        "dimensionsDisplay": [words.color, words.size],
        "dimensions": [COLOR_KEY, SIZE_KEY],
        "variationDisplayLabels": {COLOR_KEY: words.color, SIZE_KEY: words.size},
        "selectedVariationValues": _selected(shelf),
        "parentAsin": catalogue.parent_asin(shelf.product.number),
        "currentAsin": shelf.product.asin,
        "landingAsin": shelf.product.asin,
        "num_total_variations": len(family),
    }
    fields = ",\n".join(f'"{name}" : {_script_json(value)}' for name, value in data.items())
    return (
        _inline_twister(shelf, values)
        + "<script type=\"text/javascript\">P.register('twister-js-init-dpx-data', function() {\n"
        # The block is JavaScript and no JSON: a string put together, braces inside a string.
        'var dataToReturn = {\n"isTabletWeb" : false,\n"ajaxUrlParams" : "&tpl={0}}{" + "&x=1",\n'
        f"{fields},\n\"dpxUrl\" : 'it\\'s {{unbalanced'\n}};\nreturn dataToReturn; }});</script>\n"
    )


def _selected(shelf: Shelf) -> dict[str, int]:
    if is_unselected(shelf.product):
        return {}
    color, size = variation_values(shelf.product)
    return {COLOR_KEY: color, SIZE_KEY: size}


def _inline_twister(shelf: Shelf, values: dict[str, tuple[int, int]]) -> str:
    words = shelf.locale.words
    rows = []
    for key, label, texts, place in (
        (COLOR_KEY, words.color, words.colors, 0),
        (SIZE_KEY, words.size, words.sizes, 1),
    ):
        own = variation_values(shelf.product)
        items = "".join(
            f'<li class="dimension-value-list-item-square-image" data-asin="{asin}" '
            f'data-initiallySelected="{str(asin == shelf.product.asin).lower()}">'
            f'<span class="swatch-title-text">{escape(texts[pair[place]])}</span></li>'
            for asin, pair in values.items()
            if pair[1 - place] == own[1 - place]
        )
        rows.append(
            f'<div id="inline-twister-row-{key}" class="a-section inline-twister-row">'
            f'<div id="inline-twister-dim-title-{key}"><span class="a-color-secondary"> {label}: '
            f'</span><span id="inline-twister-expanded-dimension-text-{key}" '
            f'class="a-text-bold"> {escape(texts[own[place]])} </span></div><ul>{items}</ul></div>'
        )
    return f'<div id="twister-plus-inline-twister" class="a-section">{"".join(rows)}</div>'


def formats(shelf: Shelf) -> str:
    """The other bindings of a book."""
    product, words, locale = shelf.product, shelf.locale.words, shelf.locale
    if product.layout not in {Layout.BOOK, Layout.KINDLE}:
        return ""
    chosen = words.kindle if product.layout is Layout.KINDLE else words.paperback
    names = (words.kindle, words.hardcover, words.paperback)
    items = "".join(
        f'<div class="swatchElement {"selected" if name == chosen else "unselected"}"><span '
        f'class="a-button {"a-button-selected" if name == chosen else ""} a-button-toggle format">'
        f'<a class="a-button-text" href="javascript:void(0)"><span class="slot-title">'
        f'<span>{name}</span></span><span class="slot-price"><span class="a-size-base">'
        f"{locale.money(shelf.offer.price + place * (name != chosen))}</span></span></a></span>"
        "</div>"
        for place, name in enumerate(names, 4)
    )
    return f'<div id="tmmSwatches" class="a-section">{items}</div>\n'
