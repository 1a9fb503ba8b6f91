"""The bulk of a page: scripts, styles and carousels that are no product of the page.

A real page is one or two megabytes of which a parser needs forty kilobytes; the rest holds traps.
"""

from functools import lru_cache
from random import Random

from sandbox.noise import dice

BLOCK_BYTES = 100_000
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"

_STATEMENTS = (
    "P.when('A','{a}','ready').execute('{a}-{b}',function(A,{b}){{if(A.state('{a}')){{"
    "{b}.register({{name:'{a}',slot:{n},weblab:'{c}'}});}}}});\n",
    "window.uet&&uet('bb','{a}',{{wb:1}});ue.count('{a}:{b}',{n});\n",
    "(function(w,d){{var {b}=d.getElementById('{a}_feature_div');"
    "if({b}){{{b}.setAttribute('data-{a}','{c}');w.ueLogError&&0;}}}})(window,document);\n",
    "if(location.pathname.indexOf('/errors/validateCaptcha')<0){{csm('{a}',{n});}}\n",
    "var tpl_{b}='<span class=\"a-color-price\">Currently unavailable.</span>'"
    "+'<div id=\"outOfStock\" data-x={c}></div>';\n",
)
_RULES = (
    "#{a}_feature_div .{b}-row{{margin:0 0 {n}px 0;padding:4px;display:flex;}}\n",
    ".{a}-card>.{b}{{color:#0f1111;font-size:13px;line-height:19px;width:{n}px}}\n",
)


def _word(draw: Random) -> str:
    return draw.choice("abcdefgh") + "".join(draw.choices(_LETTERS, k=draw.randrange(3, 7)))


def _lines(draw: Random, *, size: int, templates: tuple[str, ...]) -> str:
    vocabulary = [_word(draw) for _ in range(160)]
    made: list[str] = []
    length = 0
    while length < size:
        line = draw.choice(templates).format(
            a=draw.choice(vocabulary),
            b=draw.choice(vocabulary),
            c="".join(draw.choices(_LETTERS, k=9)),
            n=draw.randrange(9000),
        )
        made.append(line)
        length += len(line)
    return "".join(made)


def _tile(draw: Random, place: int) -> str:
    """A carousel's tile: it has an ASIN, a price and a rating, and it is no result."""
    asin = "B0" + "".join(draw.choices(_LETTERS, k=8)).upper()
    cents = draw.randrange(199, 90_000)
    return (
        f'<li class="a-carousel-card" role="listitem" aria-posinset="{place}">'
        f'<div id="sims-{asin}" data-asin="{asin}" class="a-section p13n-sc-uncoverable-faceout">'
        f'<a class="a-link-normal" href="/dp/{asin}/ref=sims_{place}?pd_rd_i={asin}">'
        f'<div class="p13n-sc-truncate-desktop-type2">{_word(draw).title()} {_word(draw)}</div></a>'
        f'<a title="{draw.randrange(30, 50) / 10} out of 5 stars" href="/product-reviews/{asin}">'
        '<i class="a-icon a-icon-star-small"><span class="a-icon-alt">4.1 out of 5 stars</span></i>'
        f'<span class="a-size-small">{draw.randrange(9, 99_000):,}</span></a>'
        '<span class="a-price" data-a-size="m" data-a-color="price">'
        f'<span class="a-offscreen">${cents / 100:.2f}</span><span aria-hidden="true">'
        f'<span class="a-price-symbol">$</span><span class="a-price-whole">{cents // 100}'
        '<span class="a-price-decimal">.</span></span>'
        f'<span class="a-price-fraction">{cents % 100:02}</span></span></span></div></li>\n'
    )


@lru_cache(maxsize=32)
def block(number: int) -> bytes:
    """About BLOCK_BYTES of markup, the same for every seed and language."""
    draw = dice("ballast", number)
    tiles = "".join(_tile(draw, place) for place in range(24))
    script = _lines(draw, size=BLOCK_BYTES - len(tiles) - 9_000, templates=_STATEMENTS)
    style = _lines(draw, size=8_000, templates=_RULES)
    return (
        f'<div id="sims-carousel-{number}_feature_div" class="celwidget aok-hidden" '
        f'data-feature-name="sims-carousel-{number}"><style>{style}</style>'
        f'<ol class="a-carousel" role="list">{tiles}</ol>'
        f'<script type="text/javascript">{script}</script></div>\n'
    ).encode()
