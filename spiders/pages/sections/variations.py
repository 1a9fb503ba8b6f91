"""The product family, from the script data of the variation picker."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from spiders.items.variation import Variant, VariationDimension
from spiders.pages.document import Document, text_of
from spiders.parsing.choices import is_prompt_text
from spiders.parsing.javascript import find_value
from spiders.parsing.text import clean_text

_DATA = "dimensionValuesDisplayData"
_PARENT = '"parentAsin"'
_DATA_END = "return dataToReturn"
_PLACES = (
    "twister_feature_div",
    "softlinesTwister_feature_div",
    "twisterJsInitializer_feature_div",
)
_INLINE_VALUE = "inline-twister-expanded-dimension-text-"
_OLD_VALUE = "variation_"


class VariationSection:
    def __init__(self, document: Document, asin: str) -> None:
        self._document = document
        self._asin = asin

    def parent_asin(self) -> str | None:
        return self._parent_asin

    @cached_property
    def _parent_asin(self) -> str | None:
        stated = self._stated("parentAsin") or self._parent_in_place()
        return stated if isinstance(stated, str) and len(stated) == 10 else None

    def dimensions(self) -> list[VariationDimension] | None:
        if not self.has_place:
            return None
        labels, values = self._labels, self._dict("variationValues")
        found = []
        for key in self._keys:
            shown = values.get(key)
            texts = [clean_text(str(v)) for v in shown] if isinstance(shown, list) else []
            label = labels.get(key)
            found.append(VariationDimension(key, clean_text(label) if label else None, texts))
        return found

    def variants(self) -> list[Variant] | None:
        if not self.has_place:
            return None
        return [Variant(asin, values, asin == self._asin) for asin, values in self._members.items()]

    def total(self) -> int | None:
        """Members listed; the page's own count only where it lists none."""
        if self._members:
            return len(self._members)
        stated = self._stated("num_total_variations")
        return stated if isinstance(stated, int) and stated > 0 else None

    def family(self) -> frozenset[str]:
        """The product, its parent and its siblings."""
        parent = self.parent_asin()
        return frozenset({self._asin, *self._members, *([parent] if parent else [])})

    def selected(self) -> dict[str, str] | None:
        """Keyed by Amazon's own dimension names, never by page words: those may hold dots. A
        dimension that is still to be chosen is left out."""
        if not self.has_place:
            return None
        values = self._members.get(self._asin, [])
        if values and len(values) == len(self._keys):
            found = dict(zip(self._keys, values, strict=True))
        else:
            found = self._selected_by_index() or self._selected_on_screen()
        return {key: value for key, value in found.items() if key not in self._unchosen}

    @property
    def has_unchosen(self) -> bool:
        return bool(self._unchosen)

    @cached_property
    def has_place(self) -> bool:
        """Whether the page has a picker, were it an empty one. Where the page has none, nothing is
        known of variants; the formats of a book are none."""
        return (
            bool(self._members)
            or self._document.find(*_PLACES) is not None
            or bool(self._selected_on_screen())
        )

    def _parent_in_place(self) -> Any:
        """The picker of a family whose members are not listed still names the parent."""
        if self._document.find(*_PLACES) is None:
            return None
        return find_value(self._document.script_with(_PARENT.encode(), *_PLACES), "parentAsin")

    @cached_property
    def _source(self) -> str:
        """The picker's script; older pages hold a second, earlier one whose tables are empty."""
        return self._document.source_with(_DATA, *_PLACES)

    @cached_property
    def _bounds(self) -> tuple[int, int]:
        """Of the data in the script: three hundred kilobytes of templates may follow them, and as many
        stand before the parent's key."""
        source = self._source
        end = source.find(_DATA_END, source.find(_DATA))
        end = end if end >= 0 else len(source)
        # Backwards, past a few kilobytes instead of three hundred.
        last = source.rfind(_DATA, 0, end)
        return max(source.rfind(_PARENT, 0, max(last, 0)), 0), end

    @cached_property
    def _data(self) -> bytes:
        start, end = self._bounds
        return _encoded(self._source[start:end])

    def _stated(self, key: str) -> Any:
        found = find_value(self._data, key)
        start, end = self._bounds
        if found is not None or not start:
            return found
        return find_value(_encoded(self._source[:end]), key)

    def _dict(self, key: str) -> dict[str, Any]:
        value = self._stated(key)
        return value if isinstance(value, dict) else {}

    @cached_property
    def _members(self) -> dict[str, list[str]]:
        table = self._dict("dimensionValuesDisplayData")
        return {
            asin: [clean_text(str(value)) for value in values]
            for asin, values in table.items()
            if isinstance(values, list)
        }

    @cached_property
    def _keys(self) -> list[str]:
        stated = self._stated("dimensions")
        if isinstance(stated, list) and all(isinstance(key, str) for key in stated):
            return stated
        return list(self._labels)

    @cached_property
    def _labels(self) -> dict[str, str]:
        labels = self._dict("variationDisplayLabels")
        return {key: str(label) for key, label in labels.items()}

    @cached_property
    def _indexes(self) -> dict[str, int]:
        """Which value of each dimension is chosen; -1 for none."""
        stated = self._dict("selectedVariationValues")
        return {key: index for key, index in stated.items() if isinstance(index, int)}

    @property
    def _unchosen(self) -> set[str]:
        return {key for key, index in self._indexes.items() if index < 0}

    def _selected_by_index(self) -> dict[str, str]:
        values, found = self._dict("variationValues"), {}
        for key, index in self._indexes.items():
            shown = values.get(key)
            if isinstance(shown, list) and 0 <= index < len(shown):
                found[key] = clean_text(str(shown[index]))
        return found

    def _selected_on_screen(self) -> dict[str, str]:
        found = {}
        by_id = self._document.by_id
        for name in self._document.ids_with_prefix(_INLINE_VALUE):
            found[name.removeprefix(_INLINE_VALUE)] = text_of(by_id[name])
        for name in self._document.ids_with_prefix(_OLD_VALUE):
            found[name.removeprefix(_OLD_VALUE)] = text_of(by_id[name].css_first(".selection"))
        return {key: text for key, text in found.items() if text and not is_prompt_text(text)}


def _encoded(source: str) -> bytes:
    return source.encode("utf-8", "surrogateescape")
