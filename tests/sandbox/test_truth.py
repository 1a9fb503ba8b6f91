import http.client
import json
from contextlib import closing
from decimal import Decimal
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from sandbox.goods.catalogue import Catalogue


def test_truth_tells_what_the_pages_say(sandbox_url: str, catalogue: Catalogue) -> None:
    with closing(http.client.HTTPConnection(urlsplit(sandbox_url).netloc, timeout=10)) as opened:

        def get(target: str) -> bytes:
            opened.request("GET", target, headers={"Host": "www.amazon.de"})
            response = opened.getresponse()
            assert response.status == 200
            return response.read()

        target = f"/dp/{catalogue.asin(1)}?th=1"
        facts = json.loads(get(f"/__truth{target}"))
        tree = LexborHTMLParser(get(target).decode())
        title = tree.css_first("#productTitle")
        amount = tree.css_first('[name="items[0.base][customerVisiblePrice][amount]"]')
        assert title is not None and title.text().strip() == facts["title"]
        assert amount is not None
        assert Decimal(amount.attributes["value"] or "") == Decimal(facts["price"]["amount"])
        assert facts["price"]["currency"] == "EUR"

        facts = json.loads(get("/__truth/s?k=usb+hub&page=2"))
        tree = LexborHTMLParser(get("/s?k=usb+hub&page=2").decode())
        cards = tree.css('[data-component-type="s-search-result"]')
        assert [card.attributes["data-asin"] for card in cards] == [
            row["asin"] for row in facts["rows"]
        ]
        statistics = json.loads(get("/__stats"))
        assert statistics["requests"] > 0
        assert "control" not in statistics["byKind"], "asking for the truth is not counted"

        opened.request("GET", "/__truth/dp/B0ZZZZZZZZ")
        response = opened.getresponse()
        response.read()
        assert response.status == 404
