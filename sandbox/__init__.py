"""The practice marketplace: a small local store that speaks Amazon's page structure.

    python -m sandbox [--port P] [--fault captcha=0.1 …] [--pages DIR] …

Beside its pages it answers control routes, none of which is counted or fails:
GET /__stats[?asins] counts by kind (POST resets them) · GET and POST /__faults read and replace the
rates · GET and POST /__visitors read and change how visitors are treated (`visitors.habits`) ·
GET /__requests[?since=NUMBER] the requests that came, with cookies and whom the page was made for (POST
forgets them) · GET and POST /__clock {"aheadHours": N} read and move the store's time, and prices with it (with `--moves` places, sellers and titles too) · GET /__truth<target> tells what the page at
that target says (`place=US:90210` or `place=PK`, `currency=EUR` in its query: to that visitor). Keywords that begin with "no results" or hold "zzqx" find nothing.
The faults `zero_price`, `other_currency`, `other_asin` and `empty_offer` are whole pages of products that
say something wrong (`glitches`); set at 1 before a round of a monitor and at 0 after it, all its pages do.
A product's layout follows from its number, see `catalogue.LAYOUTS`; `asins.AsinCode(seed)` turns
numbers into ASINs.
"""
