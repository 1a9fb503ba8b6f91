"""Names, texts and ratings of a product page."""

from sandbox.goods.catalogue import Layout, Product
from sandbox.goods.offers import variation_values
from sandbox.goods.shelf import Shelf, feature
from sandbox.markup import escape, stars


def breadcrumbs(shelf: Shelf) -> str:
    product, words = shelf.product, shelf.locale.words
    department = words.departments[product.kind]
    noun = words.nouns[product.kind]
    links = "".join(
        '<li><span class="a-list-item"><a class="a-link-normal a-color-tertiary" '
        f'href="/b/ref=dp_bc_{place}?ie=UTF8&amp;node={node}">\n {escape(name)}\n </a></span></li>'
        '<li aria-hidden="true" class="a-breadcrumb-divider" role="presentation">'
        '<span class="a-list-item a-color-tertiary">›</span></li>'
        for place, (name, node) in enumerate(
            ((department, root_node(product)), (product.brand, brand_node(product))), 1
        )
    )
    return (
        '<div id="wayfinding-breadcrumbs_feature_div" class="a-subheader a-breadcrumb feature">'
        f'<ul class="a-unordered-list a-horizontal a-size-small">{links}<li>'
        '<span class="a-list-item"><a aria-current="page" class="a-link-normal a-color-tertiary" '
        f'href="/b/ref=dp_bc_3?ie=UTF8&amp;node={leaf_node(product)}">\n {escape(noun)}\n </a>'
        "</span></li></ul></div>\n"
    )


def root_node(product: Product) -> int:
    return 1_000_000 + product.kind


def brand_node(product: Product) -> int:
    return 2_000_000 + sum(map(ord, product.brand)) * 10 + product.kind


def leaf_node(product: Product) -> int:
    return 3_000_000 + product.kind


def heading(shelf: Shelf) -> str:
    return (
        '<div id="titleSection" class="a-section a-spacing-none"><h1 id="title" '
        'class="a-size-large a-spacing-none"><span id="productTitle" '
        f'class="a-size-large product-title-word-break">        {escape(shelf.title)}       '
        "</span></h1></div>\n"
    )


def byline(shelf: Shelf) -> str:
    product, words = shelf.product, shelf.locale.words
    if product.layout in {Layout.BOOK, Layout.KINDLE}:
        inner = (
            '<div id="bylineInfo" class="a-section"><span class="author notFaded">'
            f'<a class="a-link-normal" href="/e/{product.seller_id}">{escape(product.author)}</a> '
            f'<span class="contribution"><span class="a-color-secondary">{words.by_author}</span>'
            "</span></span></div>"
        )
    else:
        slug = "".join(letter for letter in product.brand if letter.isalnum())
        inner = (
            f'<a id="bylineInfo" class="a-link-normal" href="/stores/{slug}/page/'
            f'{product.number:08X}?ref_=ast_bln">'
            f"{escape(words.store.format(brand=product.brand))}</a>"
        )
    return feature("bylineInfo", product.asin, f'<div class="a-section">{inner}</div>')


def ratings(shelf: Shelf) -> str:
    product, locale = shelf.product, shelf.locale
    if product.rating is None:
        return feature("averageCustomerReviews", product.asin, "")
    text = locale.words.rating.format(rating=locale.decimal(product.rating))
    count = locale.count(product.ratings_count)
    label = locale.words.ratings.format(count=count)
    icon = f"a-star-mini-{stars(product.rating)}"
    return feature(
        "averageCustomerReviews",
        product.asin,
        f'<div id="averageCustomerReviews" data-asin="{product.asin}" data-ref="dpx_acr_pop_">'
        f'<span id="acrPopover" class="reviewCountTextLinkedHistogram noUnderline" title="{text}">'
        f'<span aria-hidden="true" class="a-size-small"> {locale.decimal(product.rating)} </span>'
        f'<i class="a-icon a-icon-star-mini {icon}"><span class="a-icon-alt">{text}</span></i>'
        '</span> <a id="acrCustomerReviewLink" class="a-link-normal" '
        'href="#averageCustomerReviewsAnchor"><span id="acrCustomerReviewText" '
        f'aria-label="{label}" class="a-size-small">({count})</span></a></div>',
    )


def proof(shelf: Shelf) -> str:
    """Bought in the past month, and the badge."""
    product, locale = shelf.product, shelf.locale
    html = ""
    if product.bought:
        text = locale.words.bought.format(count=locale.count(product.bought))
        html += feature(
            "socialProofingAsinFaceout",
            product.asin,
            '<span id="social-proofing-faceout-title-tk_bought" class="a-size-small '
            f'social-proofing-faceout-title-text"><span class="a-text-bold">{text}</span></span>',
        )
    if product.is_choice:
        first, second = locale.words.choice
        html += feature(
            "acBadge",
            product.asin,
            '<span class="a-badge-text mvt-ac-badge-rectangle">'
            f'<span class="ac-badge-text-primary">{first}</span>'
            f'<span class="ac-badge-text-secondary">{second}</span></span>',
        )
    return html


def bullets(shelf: Shelf) -> str:
    words, number = shelf.locale.words, shelf.product.number
    chosen = [words.sentences[(number + place) % len(words.sentences)] for place in range(4)]
    items = "".join(
        f'<li class="a-spacing-mini"><span class="a-list-item"> {escape(text)} </span></li>'
        for text in chosen
    )
    return (
        '<div id="feature-bullets" class="a-section a-spacing-medium"><h2> '
        f"{words.about} </h2><ul "
        'class="a-unordered-list a-vertical a-spacing-mini"><li id="replacementPartsFitmentBullet" '
        'class="aok-hidden"><span class="a-list-item">-</span></li>'
        f"{items}</ul></div>\n"
    )


def overview(shelf: Shelf) -> str:
    rows = [(shelf.locale.words.brand, shelf.product.brand)]
    if shelf.product.layout is Layout.VARIATIONS:
        color, _ = variation_values(shelf.product)
        rows.append((shelf.locale.words.color, shelf.locale.words.colors[color]))
    rows.append((shelf.locale.words.weight, weight(shelf)))
    html = "".join(
        f'<tr class="a-spacing-small po-row"><td class="a-span3"><span class="a-text-bold">'
        f'{escape(name)}</span></td><td class="a-span9"><span class="po-break-word">{escape(value)}'
        "</span></td></tr>"
        for name, value in rows
    )
    return feature("productOverview", shelf.product.asin, f'<table class="a-normal">{html}</table>')


def descriptions(shelf: Shelf) -> str:
    words, product = shelf.locale.words, shelf.product
    text = escape(". ".join((shelf.title, *words.sentences)) + ".")
    if product.layout in {Layout.BOOK, Layout.KINDLE}:
        return feature(
            "bookDescription",
            product.asin,
            f'<div class="a-expander-content"><span>{text}</span></div>',
        )
    html = feature(
        "productDescription",
        product.asin,
        f'<h2>{words.description}</h2><div id="productDescription" class="a-section">'
        f"<p> <span>{text}</span> </p></div>",
    )
    if product.number % 2:
        html += _aplus(shelf)
    return html


def _aplus(shelf: Shelf) -> str:
    modules = "".join(
        f'<div class="celwidget aplus-module module-{place}"><style>.x{place}{{margin:0}}</style>'
        f"<h3>{escape(trait)}</h3><p>{escape(sentence)}.</p><script>var m={place};</script></div>"
        for place, (trait, sentence) in enumerate(
            zip(shelf.locale.words.traits, shelf.locale.words.sentences, strict=False)
        )
    )
    return feature(
        "aplus", shelf.product.asin, f'<div id="aplus" class="a-section">{modules}</div>'
    )


def weight(shelf: Shelf) -> str:
    grams = shelf.product.weight_grams
    if grams < 1000:
        return f"{grams} g"
    return f"{shelf.locale.decimal(grams / 1000)} kg"


def histogram(shelf: Shelf) -> str:
    product, words = shelf.product, shelf.locale.words
    if product.rating is None:
        return ""
    rows = "".join(
        '<li class="a-align-center"><span class="a-list-item"><a aria-label="'
        f'{words.histogram.format(percent=percent, stars=star)}" class="a-size-base a-link-normal" '
        f'href="/product-reviews/{product.asin}/ref=acr_dp_hist_{star}?filterByStar={star}">'
        f'<div aria-hidden="true">{words.star.format(stars=star)}</div><div class="a-meter" '
        f'role="progressbar" aria-valuenow="{percent}"><div class="a-meter-bar" '
        f'style="width:{percent}%"></div></div><div aria-hidden="true">{percent}%</div></a>'
        "</span></li>"
        for star, percent in zip(range(5, 0, -1), histogram_percents(product.rating), strict=True)
    )
    return (
        f'<div id="reviewsMedley"><h2>{words.customer_reviews}</h2>'
        f'<ul id="histogramTable" class="a-unordered-list a-nostyle a-vertical">{rows}</ul></div>\n'
    )


def histogram_percents(rating: float) -> tuple[int, int, int, int, int]:
    """From five stars down to one; they add up to 100."""
    missing = 5 - rating
    one = min(40, round(missing * 9))
    two = min(15, round(missing * 5))
    three = min(20, round(missing * 8))
    four = min(24, round(missing * 20))
    return 100 - one - two - three - four, four, three, two, one
