"""What a language must bring along. Braces are filled by the pages; every sentence is ours."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    code: str
    name: str
    direction: str = "ltr"
    # search
    results: str  # {first} {last} {total}
    no_results: str  # {keyword}
    no_results_hint: str
    previous: str
    next: str
    page: str  # {page}
    sponsored: str
    sponsored_prefix: str
    price_link: str
    more_choices: str
    offers: str  # {count}
    bought: str  # {count}
    new_arrival: str
    coupon: str  # {amount}
    promotion: str
    deal: str
    best_seller: str
    choice: tuple[str, str]  # the badge's two spans
    choice_for: str  # {keyword}
    related: str
    unlimited: str
    # money and ratings
    list_price: str
    typical_price: str
    was_price: str
    savings: str  # {price} {percent}
    per_unit: str  # the unit after the slash
    rating: str  # {rating}
    ratings: str  # {count}
    histogram: str  # {percent} {stars}
    star: str  # {stars}
    # offer
    in_stock: str
    left: str  # {count}
    unavailable: str
    unavailable_more: str
    blocked: str
    no_featured: str
    all_options: str
    select_options: str
    new_and_used: str  # {count}
    used: str
    save_used: str
    subscribe: str
    one_time: str
    add_to_cart: str
    buy_now: str
    free_delivery: str  # {date}
    paid_delivery: str  # {price} {date}
    condition: str
    deliver_to: str
    sold_by: str
    ships_from: str
    # product
    store: str  # {brand}
    about: str
    description: str
    details: str
    by_author: str
    kindle: str
    hardcover: str
    paperback: str
    digital_list: str
    rank: str
    rank_text: str  # {rank} {category}, before the link
    see_top: str  # {category}
    color: str
    size: str
    colors: tuple[str, str]
    sizes: tuple[str, str]
    dimensions: str
    weight: str
    maker: str
    model: str
    first_available: str
    origin: str
    country: str
    publisher: str
    pages: str  # {count}
    language: str
    brand: str
    customer_reviews: str
    # blocks
    continue_text: str
    continue_button: str
    captcha_text: str
    captcha_button: str
    throttle_title: str
    throttle_text: str
    not_found_title: str
    not_found_text: str
    # things for sale, in the order of catalogue.KINDS
    departments: tuple[str, ...]
    nouns: tuple[str, ...]
    traits: tuple[str, ...]
    sentences: tuple[str, ...]
    months: tuple[str, ...]
    date: str = "{day} {month} {year}"
