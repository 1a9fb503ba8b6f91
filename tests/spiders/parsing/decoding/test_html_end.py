"""Where HTML stops before its end, and where it only leaves out what it may."""

import pytest

from spiders.parsing.decoding.html_end import ending_of, is_cut_xml

ROWS = "".join(f'<li class="row"><span>Row {number}</span></li>' for number in range(50))
LIST = (
    f"<!doctype html><html><head><title>A list</title></head><body>"
    f'<div id="main"><ul class="rows">{ROWS}</ul></div><footer>end</footer></body></html>'
)


@pytest.mark.parametrize(
    "html",
    [
        LIST,
        LIST.replace("</body></html>", ""),
        LIST.replace("</html>", ""),
        LIST.replace("</li>", "").replace("</body></html>", ""),
        LIST.upper(),
        f"{LIST}<!-- served by node 7 -->\n",
        f"{LIST}<script>track('</div>')</script>",
        # What follows the end may break off: nothing of the page is in it.
        f"{LIST}<!-- served by",
        f"{LIST}<script>var half = '",
        LIST[:-1],
        LIST[:-4],
        LIST[:-9],
        "<h1>A piece</h1>",
        "<p>One<p>Two",
        "<table><tr><td>cell</table>",
        "<dl><dt>a<dd>b</dl>",
        "<p>5 < 6",
        "<center><font size=2>old<b>page",
        "<br><img src=x><input>",
        "<frameset cols='50%,50%'><frame src=a><frame src=b></frameset>",
        "plain text",
        "",
        "<script>var end = '</div>'</script><p>text</p>",
        "<svg><path d='M0 0'/></svg>",
    ],
)
def test_page_that_came_whole(html: str) -> None:
    assert not ending_of(html.encode()).is_cut


@pytest.mark.parametrize(
    "html",
    [
        LIST[: LIST.index("Row 20")],
        LIST[: LIST.index("Row 20") - len("<span>")],
        LIST[: LIST.index("Row 20") - len('row"><span>')],
        LIST[: LIST.index("</ul>")],
        LIST[: LIST.index("</div><footer>")],
        LIST[: LIST.index("<title>") + 9],
        LIST[: LIST.index("</title>") + 8],
        "<table><tr><td>a</td></tr>",
        "<table><tr><td>a",
        "<select><option>a",
        "<p>text</p><!-- half a comment",
        "<p>text</p><script>var half = '",
        "<p>text</p><script>var page = '</html>'; more(",
        "<p>text</p><style>.half {",
        "<p>text</p><textarea>half",
        "<p title='half",
        "<p>text</p><a href",
        "<p>text</p><d",
        "<svg><path d='M0 0'/>",
        f"{LIST}<div>a page in the page",
    ],
)
def test_page_that_was_cut(html: str) -> None:
    assert ending_of(html.encode()).is_cut


def test_every_cut_within_the_rows_is_seen() -> None:
    start, end = LIST.index("<ul"), LIST.index("</ul>")
    missed = [at for at in range(start + 1, end + 4) if not ending_of(LIST[:at].encode()).is_cut]
    assert missed == []


def test_ending_names_the_elements_that_it_lies_in() -> None:
    ending = ending_of(LIST[: LIST.index("Row 20")].encode())
    assert ending.ids >= {"main"}
    assert ending.classes >= {"rows", "row"}


def test_ending_in_a_script_names_the_elements_around_it() -> None:
    html = '<div id="outer"><p class="text">a</p><script>var half ='
    assert "outer" in ending_of(html.encode()).ids


@pytest.mark.parametrize(
    ("xml", "is_cut"),
    [
        ("<?xml version='1.0'?><rss><item>a</item></rss>", False),
        ("<?xml version='1.0'?><rss><item>a</item></rss>\n<!-- end -->", False),
        ("<!DOCTYPE rss [<!ELEMENT a (b)>]><rss><item>a</item></rss>", False),
        ("<a:feed xmlns:a='x'><b/></a:feed >", False),
        ("<empty/>", False),
        ("<empty attribute='1'/>", False),
        ("no document", False),
        ("<?xml version='1.0'?><rss><item>a</item>", True),
        ("<rss><item>a</item></rs", True),
        ("<rss><item>a</it", True),
    ],
)
def test_xml_ends_with_its_root(xml: str, is_cut: bool) -> None:
    assert is_cut_xml(xml) is is_cut


@pytest.mark.parametrize(
    ("html", "is_torn"),
    [
        ("<html><body><div>forgotten", False),
        ("<table><tr><td>forgotten", False),
        ("<div><p title='half", True),
        ("<div><script>var half = '", True),
        ("<div><!-- half", True),
        ("<div></di", True),
        ("<div></div></body></html>", False),
    ],
)
def test_a_torn_page_is_told_from_one_with_forgotten_end_tags(html: str, is_torn: bool) -> None:
    assert ending_of(html.encode()).is_torn is is_torn
