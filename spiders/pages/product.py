from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property

from spiders.items.product import Product
from spiders.marketplaces import Marketplace, find_marketplace_by_host
from spiders.pages.classify import PageKind, page_asin, page_status
from spiders.pages.currency import store_currency_of, warn_about_money
from spiders.pages.document import Document
from spiders.pages.fetched import Fetched
from spiders.pages.place import deliver_to, host_of, is_other_language, page_language
from spiders.pages.sections.buybox import BuyboxSection
from spiders.pages.sections.catalogue import CatalogueSection
from spiders.pages.sections.details import DetailsSection
from spiders.pages.sections.identity import IdentitySection
from spiders.pages.sections.list_price import ListPriceSection
from spiders.pages.sections.media import MediaSection
from spiders.pages.sections.other_offers import OtherOffersSection
from spiders.pages.sections.price import PriceSection
from spiders.pages.sections.price_places import PricePlaces
from spiders.pages.sections.promotions import PromotionSection
from spiders.pages.sections.rating import RatingSection
from spiders.pages.sections.texts import TextSection
from spiders.pages.sections.variations import VariationSection
from spiders.pages.status import PageStatus
from spiders.pages.trace import Sources
from spiders.pages.version import PARSER_VERSION


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

    @cached_property
    def status(self) -> PageStatus:
        return page_status(
            self._fetched,
            kind=PageKind.DETAIL,
            asked_asin=self._asked_asin,
            document=self._document,
        )

    def item(self) -> Product | None:
        """None unless the page is proven good; the same object at every call."""
        return self._item

    @cached_property
    def _item(self) -> Product | None:
        if self.status is not PageStatus.OK:
            return None
        product = Product(asin=self._asin)
        self._fill_identity(product)
        self._fill_texts(product)
        self._fill_price(product)
        self._fill_promotions(product)
        self._fill_offer(product)
        self._fill_rating(product)
        self._fill_media(product)
        self._fill_variants(product)
        self._fill_provenance(product)
        return product

    @cached_property
    def _document(self) -> Document:
        return Document(self._fetched)

    @cached_property
    def _asin(self) -> str:
        return page_asin(self._document) or ""

    @cached_property
    def _language(self) -> str | None:
        return page_language(self._document)

    @cached_property
    def _store(self) -> Marketplace | None:
        return find_marketplace_by_host(host_of(self._fetched.url))

    @cached_property
    def _details(self) -> DetailsSection:
        return DetailsSection(self._document, language=self._language)

    @cached_property
    def _variations(self) -> VariationSection:
        return VariationSection(self._document, self._asin)

    @cached_property
    def _places(self) -> PricePlaces:
        currency = store_currency_of(self._store, language=self._language)
        return PricePlaces(self._document, store_currency=currency)

    def _fill_identity(self, product: Product) -> None:
        details = self._details
        identity = IdentitySection(
            self._document, variations=self._variations, sources=self._sources
        )
        product.requestedAsin = self._asked_asin
        product.asinRedirected = self._asked_asin != self._asin if self._asked_asin else None
        product.parentAsin = identity.parent_asin()
        product.url = f"https://{self._store.host}/dp/{self._asin}" if self._store else None
        product.title = identity.title()
        product.brand = identity.brand(details.overview_brand, details.named("brand"))
        product.brandUrl = identity.brand_url()
        product.authors = identity.authors()

    def _fill_texts(self, product: Product) -> None:
        texts = TextSection(self._document, sources=self._sources)
        catalogue = CatalogueSection(self._document)
        details = self._details
        product.features = texts.features()
        product.description = texts.description()
        product.aplusText = texts.aplus_text()
        product.hasBrandStory = texts.has_brand_story()
        product.breadcrumbs = catalogue.breadcrumbs()
        product.bestSellerRanks = catalogue.best_seller_ranks()
        product.attributes = details.attributes
        product.gtins = details.gtins()
        product.manufacturer = details.named("manufacturer")
        product.modelNumber = details.named("model_number")
        product.mpn = details.named("part_number")
        product.weight = details.named("weight")
        product.dimensions = details.named("dimensions")
        product.countryOfOrigin = details.named("country_of_origin")
        product.dateFirstAvailable = details.date_first_available()

    def _fill_price(self, product: Product) -> None:
        price = PriceSection(
            self._places, asin=self._asin, sources=self._sources, warnings=self._warnings
        )
        struck = ListPriceSection(self._places, price=price.found())
        product.price = price.price()
        product.priceSource = price.price_source()
        product.priceMin = price.price_min()
        product.priceMax = price.price_max()
        product.listPrice = struck.list_price()
        product.listPriceKind = struck.list_price_kind()
        product.discountPercent = struck.discount_percent(product.price)
        product.unitPrice = price.unit_price()
        product.priceNote = price.note()

    def _fill_promotions(self, product: Product) -> None:
        promotions, others = PromotionSection(self._places), OtherOffersSection(self._places)
        product.subscribeAndSave = promotions.subscribe_and_save()
        product.coupon = promotions.coupon()
        product.deal = promotions.deal()
        product.usedPrice = others.used_price()
        product.shippingPrice = others.shipping_price()
        product.offers = others.offers()

    def _fill_offer(self, product: Product) -> None:
        buybox = BuyboxSection(
            self._document, has_price=product.price is not None, sources=self._sources
        )
        product.buyboxState = buybox.state
        product.availability = buybox.availability()
        product.availabilityText = buybox.availability_text()
        product.stockLeft = buybox.stock_left()
        product.condition = buybox.condition()
        product.seller = buybox.seller()
        product.shipsFrom = buybox.ships_from()
        product.isPrime = buybox.is_prime()
        product.delivery = buybox.delivery()

    def _fill_rating(self, product: Product) -> None:
        rating = RatingSection(
            self._document,
            family=self._variations.family(),
            sources=self._sources,
            warnings=self._warnings,
        )
        product.rating = rating.rating()
        product.ratingsCount = rating.ratings_count()
        product.ratingHistogram = rating.histogram()
        product.boughtPastMonth = rating.bought_past_month()
        product.badges = rating.badges()

    def _fill_media(self, product: Product) -> None:
        media = MediaSection(self._document, sources=self._sources)
        product.mainImage = media.main_image()
        product.images = media.images
        product.videos = media.videos()

    def _fill_variants(self, product: Product) -> None:
        variations = self._variations
        product.variationDimensions = variations.dimensions()
        product.variants = variations.variants()
        product.variantsTotal = variations.total()
        product.selectedVariation = variations.selected()

    def _fill_provenance(self, product: Product) -> None:
        product.marketplace = self._store.code if self._store else None
        product.lang = self._lang
        product.pageLanguage = self._language
        product.deliverTo = deliver_to(self._document)
        product.sourceUrl = self._fetched.url
        product.scrapedAt = self._scraped_at
        product.parserVersion = PARSER_VERSION
        if product.buyboxState == "location_blocked":
            self._warnings.append("location_mismatch")
        if is_other_language(self._lang, self._language):
            self._warnings.append("language_mismatch")
        warn_about_money(self._warnings, product.price, store=self._store)
        product.warnings = list(dict.fromkeys(self._warnings))
