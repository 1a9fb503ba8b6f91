from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from spiders.items.product import Product
from spiders.pages.classify import PageKind, page_asin, page_status
from spiders.pages.currency import store_currency_of, warn_about_money
from spiders.pages.document import Document
from spiders.pages.fetched import Fetched
from spiders.pages.guard import FieldGuard
from spiders.pages.place import deliver_to, host_of, is_other_language, page_language
from spiders.pages.readers import file_of_reader
from spiders.pages.reading import PageReading
from spiders.pages.sections.buybox import BuyboxSection
from spiders.pages.sections.catalogue import CatalogueSection
from spiders.pages.sections.details import DetailsSection
from spiders.pages.sections.identity import IdentitySection
from spiders.pages.sections.list_price import ListPriceSection
from spiders.pages.sections.media import MediaSection
from spiders.pages.sections.other_offers import FORMATS, OtherOffersSection
from spiders.pages.sections.price import PriceSection
from spiders.pages.sections.price_notes import PriceNoteSection
from spiders.pages.sections.price_places import PricePlaces, has_empty_price_block
from spiders.pages.sections.promotions import PromotionSection
from spiders.pages.sections.rating import RatingSection
from spiders.pages.sections.seller import SellerSection
from spiders.pages.sections.shipping import ShippingSection
from spiders.pages.sections.texts import TextSection
from spiders.pages.sections.variations import VariationSection
from spiders.pages.sections.videos import VideoSection
from spiders.pages.status import PageStatus
from spiders.pages.trace import Sources
from spiders.pages.version import PARSER_VERSION
from spiders.sites.marketplaces import Marketplace, find_marketplace_by_host
from spiders.sites.urls import asin_from_path

# In the others the page has said why it shows no offer, or which one it shows instead.
_STATES_WITH_AN_OFFER = ("featured", "unknown")


class ProductPage:
    def __init__(
        self,
        fetched: Fetched,
        *,
        asked_asin: str | None = None,
        lang: str | None = None,
        scraped_at: datetime | None = None,
        sources: Sources | None = None,
    ) -> None:
        self._fetched = fetched
        self._asked_asin = asked_asin.upper() if asked_asin else None
        self._lang = lang
        self._scraped_at = scraped_at or datetime.now(UTC)
        self._sources = sources or Sources()
        self._warnings: list[str] = []
        self._guard = FieldGuard(self._warnings)

    @cached_property
    def status(self) -> PageStatus:
        status = page_status(
            self._fetched,
            kind=PageKind.DETAIL,
            asked_asin=self._asked_asin,
            document=self._document,
        )
        if status is PageStatus.OK and self._guard.read("buyboxState", self._lacks_its_offer):
            return PageStatus.PARTIAL
        return status

    def _lacks_its_offer(self) -> bool:
        """The blocks of the offer came empty, and no word says that there is none: a page of a
        moment, which nothing may be concluded from, least of all from a button."""
        return (
            self._price.found() is None
            and self._buybox.state in _STATES_WITH_AN_OFFER
            and has_empty_price_block(self._document)
            and self._price_note.note() is None
            and self._buybox.availability_text() is None
            and not self._buybox.delivery()
            and self._other_offers.used_price() is None
            and self._promotions.subscribe_and_save() is None
            and not self._document.text_of(*FORMATS)
        )

    def item(self) -> Product | None:
        """None unless the page is proven good; the same object at every call."""
        return self._item

    @cached_property
    def _item(self) -> Product | None:
        if self.status is not PageStatus.OK:
            return None
        product = Product(asin=self._asin)
        self._guard.fill(product, _FIELDS, self)
        product.requestedAsin = self._asked_asin
        product.asinRedirected = self._asked_asin != self._asin if self._asked_asin else None
        product.url = f"https://{self._store.host}/dp/{self._asin}" if self._store else None
        product.marketplace = self._store.code if self._store else None
        product.lang = self._lang
        product.sourceUrl = self._fetched.url
        product.scrapedAt = self._scraped_at
        product.parserVersion = PARSER_VERSION
        if product.buyboxState == "location_blocked":
            self._warnings.append("location_mismatch")
        if is_other_language(self._lang, self._language):
            self._warnings.append("language_mismatch")
        warn_about_money(self._warnings, product.price, store=self._store)
        product.warnings = list(dict.fromkeys(self._warnings))
        return product

    @cached_property
    def _document(self) -> Document:
        return Document(self._fetched)

    @cached_property
    def _asin(self) -> str:
        return page_asin(self._document) or ""

    @cached_property
    def _language(self) -> str | None:
        return self._guard.read("pageLanguage", lambda: page_language(self._document))

    @cached_property
    def _store(self) -> Marketplace | None:
        return find_marketplace_by_host(host_of(self._fetched.url))

    @cached_property
    def _details(self) -> DetailsSection:
        return DetailsSection(self._document, asin=self._asin, language=self._language)

    @cached_property
    def _variations(self) -> VariationSection:
        return VariationSection(self._document, self._asin)

    @cached_property
    def _places(self) -> PricePlaces:
        currency = store_currency_of(self._store, language=self._language)
        return PricePlaces(self._document, store_currency=currency)

    @cached_property
    def _identity(self) -> IdentitySection:
        return IdentitySection(self._document, variations=self._variations, sources=self._sources)

    @cached_property
    def _texts(self) -> TextSection:
        return TextSection(self._document, sources=self._sources)

    @cached_property
    def _catalogue(self) -> CatalogueSection:
        return CatalogueSection(self._document)

    @cached_property
    def _price(self) -> PriceSection:
        return PriceSection(
            self._places, asin=self._asin, sources=self._sources, warnings=self._warnings
        )

    @cached_property
    def _price_note(self) -> PriceNoteSection:
        return PriceNoteSection(self._places, price=self._price, state=self._buybox.state)

    @cached_property
    def _struck(self) -> ListPriceSection:
        return ListPriceSection(self._places, price=self._price.found())

    @cached_property
    def _promotions(self) -> PromotionSection:
        return PromotionSection(self._places)

    @cached_property
    def _other_offers(self) -> OtherOffersSection:
        return OtherOffersSection(self._places)

    @cached_property
    def _shipping(self) -> ShippingSection:
        return ShippingSection(self._places)

    @cached_property
    def _buybox(self) -> BuyboxSection:
        has_price = self._price.price() is not None
        return BuyboxSection(
            self._document,
            has_price=has_price,
            has_unchosen=self._variations.has_unchosen,
            sources=self._sources,
        )

    @cached_property
    def _seller(self) -> SellerSection:
        return SellerSection(self._document, state=self._buybox.state, sources=self._sources)

    @cached_property
    def _rating(self) -> RatingSection:
        return RatingSection(
            self._document,
            family=self._variations.family(),
            sources=self._sources,
            warnings=self._warnings,
        )

    @cached_property
    def _media(self) -> MediaSection:
        return MediaSection(self._document, sources=self._sources)

    @cached_property
    def _videos(self) -> VideoSection:
        return VideoSection(self._document, asin=self._asin, sources=self._sources)


# What each field is read with, in the order of reading.
_FIELDS: dict[str, Callable[[ProductPage], Any]] = {
    "parentAsin": lambda page: page._identity.parent_asin(),
    "title": lambda page: page._identity.title(),
    "brand": lambda page: page._identity.brand(
        page._details.overview_brand, page._details.named("brand")
    ),
    "brandUrl": lambda page: page._identity.brand_url(),
    "authors": lambda page: page._identity.authors(),
    "features": lambda page: page._texts.features(),
    "description": lambda page: page._texts.description(),
    "aplusText": lambda page: page._texts.aplus_text(),
    "hasBrandStory": lambda page: page._texts.has_brand_story(),
    "breadcrumbs": lambda page: page._catalogue.breadcrumbs(),
    "bestSellerRanks": lambda page: page._catalogue.best_seller_ranks(),
    "attributes": lambda page: page._details.attributes,
    "gtins": lambda page: page._details.gtins(),
    "manufacturer": lambda page: page._details.named("manufacturer"),
    "modelNumber": lambda page: page._details.named("model_number"),
    "mpn": lambda page: page._details.named("part_number"),
    "weight": lambda page: page._details.named("weight"),
    "dimensions": lambda page: page._details.named("dimensions"),
    "countryOfOrigin": lambda page: page._details.named("country_of_origin"),
    "dateFirstAvailable": lambda page: page._details.date_first_available(),
    "price": lambda page: page._price.price(),
    "priceSource": lambda page: page._price.price_source(),
    "priceMin": lambda page: page._price.price_min(),
    "priceMax": lambda page: page._price.price_max(),
    "listPrice": lambda page: page._struck.list_price(),
    "listPriceKind": lambda page: page._struck.list_price_kind(),
    "discountPercent": lambda page: page._struck.discount_percent(page._price.price()),
    "unitPrice": lambda page: page._price.unit_price(),
    "priceNote": lambda page: page._price_note.note(),
    "subscribeAndSave": lambda page: page._promotions.subscribe_and_save(),
    "coupon": lambda page: page._promotions.coupon(),
    "deal": lambda page: page._promotions.deal(),
    "usedPrice": lambda page: page._other_offers.used_price(),
    "shippingPrice": lambda page: page._shipping.shipping_price(),
    "offers": lambda page: page._other_offers.offers(),
    "buyboxState": lambda page: page._buybox.state,
    "availability": lambda page: page._buybox.availability(),
    "availabilityText": lambda page: page._buybox.availability_text(),
    "stockLeft": lambda page: page._buybox.stock_left(),
    "condition": lambda page: page._buybox.condition(),
    "seller": lambda page: page._seller.seller(),
    "shipsFrom": lambda page: page._seller.ships_from(),
    "isPrime": lambda page: page._buybox.is_prime(),
    "delivery": lambda page: page._buybox.delivery(),
    "rating": lambda page: page._rating.rating(),
    "ratingsCount": lambda page: page._rating.ratings_count(),
    "ratingHistogram": lambda page: page._rating.histogram(),
    "boughtPastMonth": lambda page: page._rating.bought_past_month(),
    "badges": lambda page: page._rating.badges(),
    "mainImage": lambda page: page._media.main_image(),
    "images": lambda page: page._media.images,
    "videos": lambda page: page._videos.videos(),
    "variationDimensions": lambda page: page._variations.dimensions(),
    "variants": lambda page: page._variations.variants(),
    "variantsTotal": lambda page: page._variations.total(),
    "selectedVariation": lambda page: page._variations.selected(),
    "pageLanguage": lambda page: page._language,
    "deliverTo": lambda page: deliver_to(page._document),
}


def read_page(
    fetched: Fetched, *, url: str, lang: str | None = None, sources: Sources | None = None
) -> PageReading:
    # Saved block pages stand under a made-up ASIN of zeros; their status decides anyway.
    page = ProductPage(
        fetched, asked_asin=asin_from_path(urlsplit(url).path), lang=lang, sources=sources
    )
    item = page.item()
    return PageReading(
        status=page.status,
        items=[] if item is None else [item],
        summary=f"asin {item.asin if item else None}",
    )


def where_fields_are_read() -> dict[str, str]:
    """By field, the file of the section that reads it."""
    return {name: file_of_reader(reader, ProductPage) for name, reader in _FIELDS.items()}
