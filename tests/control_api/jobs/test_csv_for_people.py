"""Parts of rows, and CSV that a spreadsheet opens well (field cases J2, J8, J9, F1, F2)."""

from __future__ import annotations

import csv
import gzip
import io
import json
from decimal import Decimal

import pytest
from pymongo.database import Database

from spiders.items.formats.cells import CellStyle, cell_text
from spiders.types.details import COLUMNS as DETAILS_COLUMNS
from spiders.types.search import COLUMNS as SEARCH_COLUMNS
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target

ROW = {
    "asin": "B000000001",
    "title": "Ümlaut; semicolon, comma",
    "keyword": "-5 cable",
    "price": {"amount": Decimal("29.90"), "currency": "EUR", "raw": "29,90 €"},
    "badges": [{"type": "best_seller", "text": "#1"}, {"type": "choice", "text": None}],
    "delivery": ["free", "tomorrow"],
}


@pytest.fixture
def job_id(tenant: Tenant, settlement: Settlement) -> str:
    job: str = tenant.make_job()["id"]
    end_target(settlement, job, 0, [ROW])
    return job


def table(tenant: Tenant, job_id: str, query: str = "", delimiter: str = ",") -> list[list[str]]:
    answer = tenant.get(f"/jobs/{job_id}/export?format=csv&{query}")
    assert answer.status_code == 200, answer.text
    text = answer.data.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def cells(tenant: Tenant, job_id: str, query: str = "", delimiter: str = ",") -> dict[str, str]:
    header, first = table(tenant, job_id, query, delimiter)
    return dict(zip(header, first, strict=True))


def refused(tenant: Tenant, path: str) -> str:
    answer = tenant.get(path)
    assert answer.status_code == 400, answer.text
    message: str = answer.json["error"]["message"]
    return message


class TestFields:
    def test_they_stand_in_the_order_asked_for_and_once(self, tenant: Tenant, job_id: str) -> None:
        found = table(tenant, job_id, "fields=title,asin,%20title%20")
        assert found == [["title", "asin"], [ROW["title"], ROW["asin"]]]

    def test_a_record_is_all_of_it(self, tenant: Tenant, job_id: str) -> None:
        found = table(tenant, job_id, "fields=price,asin")
        assert found[0] == ["price.amount", "price.currency", "price.raw", "asin"]
        (row,) = tenant.get(f"/jobs/{job_id}/results?fields=price").json["data"]
        assert row == {"price": {"amount": 29.9, "currency": "EUR", "raw": "29,90 €"}}
        (row,) = tenant.get(f"/jobs/{job_id}/results?fields=price.amount,price").json["data"]
        assert list(row["price"]) == ["amount", "currency", "raw"]

    def test_what_a_row_lacks_is_null(self, tenant: Tenant, job_id: str) -> None:
        (row,) = tenant.get(f"/jobs/{job_id}/results?fields=rank,listPrice.amount").json["data"]
        assert row == {"rank": None, "listPrice": None}

    def test_every_column_can_be_asked_for(self, tenant: Tenant, job_id: str) -> None:
        found = table(tenant, job_id, "fields=" + ",".join(SEARCH_COLUMNS))
        assert found == table(tenant, job_id)
        details = tenant.make_job(type="details", targets=["B000000001"])["id"]
        found = table(tenant, details, "fields=" + ",".join(DETAILS_COLUMNS))
        assert found == [list(DETAILS_COLUMNS)]

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("tilte", "title"), ("Title", "title"), ("ASIN", "asin"), ("price_amount", "price.amount"),
            ("price.amuont", "price.amount"), ("price-currency", "price.currency"), ("priceAmount", "price.amount"),
            ("image", "imageUrl"), ("image_url", "imageUrl"), ("rating_count", "ratingsCount"), ("prices", "price"),
            ("scraped_at", "scrapedAt"), ("job_id", "jobId"), ("price.amount.value", "price.amount"),
            ("list_price.amount", "listPrice.amount"), ("otherOffers.lowest.amont", "otherOffers.lowest.amount"),
        ],
    )  # fmt: skip
    def test_an_unknown_name_comes_with_the_nearest(
        self, tenant: Tenant, job_id: str, written: str, meant: str
    ) -> None:
        message = refused(tenant, f"/jobs/{job_id}/results?fields={written}")
        assert message.endswith(f"`{written}` is no field of these rows; did you mean `{meant}`?")

    def test_every_unknown_name_is_told(self, tenant: Tenant, job_id: str) -> None:
        answer = tenant.get(f"/jobs/{job_id}/export?fields=zzzzzz,asin,tilte")
        details = answer.json["error"]["details"]
        assert details == [
            "fields: `zzzzzz` is no field of these rows",
            "fields: `tilte` is no field of these rows; did you mean `title`?",
        ]

    @pytest.mark.parametrize("fields", ["", ",", "asin,", "asin,,title", " ", "a," * 600])
    def test_an_empty_name_or_too_many_are_refused(
        self, tenant: Tenant, job_id: str, fields: str
    ) -> None:
        message = refused(tenant, f"/jobs/{job_id}/export?fields={fields}")
        assert message == "fields must be 1 to 500 names, separated by commas"

    def test_a_refusal_counts_no_export(
        self, tenant: Tenant, job_id: str, database: Database
    ) -> None:
        before = tenant.get("/usage").json["data"]["used"]
        refused(tenant, f"/jobs/{job_id}/export?fields=tilte")
        refused(tenant, f"/jobs/{job_id}/export?bom=1")
        assert tenant.get("/usage").json["data"]["used"] == before
        assert database["audit"].count_documents({"action": "job.exported"}) == 0

    def test_paging_is_as_without(self, tenant: Tenant, settlement: Settlement) -> None:
        job = tenant.make_job()["id"]
        end_target(settlement, job, 0, [{"asin": f"B{n:09d}", "title": "x"} for n in range(3)])
        first = tenant.get(f"/jobs/{job}/results?limit=2&fields=asin").json
        cursor = first["meta"]["nextCursor"]
        rest = tenant.get(f"/jobs/{job}/results?fields=asin&cursor={cursor}").json["data"]
        assert [row["asin"][-1] for row in [*first["data"], *rest]] == ["0", "1", "2"]
        assert {tuple(row) for row in rest} == {("asin",)}


class TestProvenance:
    def test_job_id_is_a_column_on_demand(self, tenant: Tenant, job_id: str) -> None:
        assert "jobId" not in cells(tenant, job_id)
        found = table(tenant, job_id, "provenance=1")
        assert found[0] == [*SEARCH_COLUMNS, "jobId"]
        assert found[1][-1] == job_id
        found = table(tenant, job_id, "fields=jobId,asin&provenance=1")
        assert found == [["jobId", "asin"], [job_id, ROW["asin"]]]
        assert table(tenant, job_id, "fields=asin&provenance=1")[0] == ["asin", "jobId"]

    def test_job_id_is_in_rows_on_demand(self, tenant: Tenant, job_id: str) -> None:
        (row,) = tenant.get(f"/jobs/{job_id}/results?provenance=1").json["data"]
        assert (row["jobId"], row["asin"]) == (job_id, ROW["asin"])
        (row,) = tenant.get(f"/jobs/{job_id}/results?fields=jobId").json["data"]
        assert row == {"jobId": job_id}
        (row,) = json.loads(tenant.get(f"/jobs/{job_id}/export?provenance=1").data)
        assert row["jobId"] == job_id
        assert "jobId" not in tenant.get(f"/jobs/{job_id}/results").json["data"][0]


class TestCsv:
    def test_plain_csv_stays_as_it_is(self, tenant: Tenant, job_id: str) -> None:
        found = cells(tenant, job_id)
        assert found["badges"].startswith('{"type":"best_seller"')
        assert found["delivery"] == "free | tomorrow"
        assert found["keyword"] == "'-5 cable"

    @pytest.mark.parametrize("query", ["bom=1", "lists=text"])
    def test_lists_are_readable(self, tenant: Tenant, job_id: str, query: str) -> None:
        found = cells(tenant, job_id, query)
        assert found["badges"] == "#1 (type: best_seller) | type: choice"
        assert found["delivery"] == "free | tomorrow"

    def test_a_bom_and_lists_for_programs(self, tenant: Tenant, job_id: str) -> None:
        assert "{" in cells(tenant, job_id, "bom=1&lists=json")["badges"]

    @pytest.mark.parametrize(
        ("written", "sign"),
        [(";", ";"), ("%3B", ";"), ("semicolon", ";"), ("%09", "\t"), ("tab", "\t"), ("|", "|"), (",", ",")],
    )  # fmt: skip
    def test_the_delimiter(self, tenant: Tenant, job_id: str, written: str, sign: str) -> None:
        found = cells(tenant, job_id, f"delimiter={written}", sign)
        assert list(found) == list(SEARCH_COLUMNS)
        assert found["title"] == ROW["title"]

    @pytest.mark.parametrize("written", ["", ";;", "x", '"', "%0A", "%00", " "])
    def test_another_delimiter_is_refused(self, tenant: Tenant, job_id: str, written: str) -> None:
        message = refused(tenant, f"/jobs/{job_id}/export?format=csv&delimiter={written}")
        assert message.startswith("delimiter should be one of")

    def test_without_escape_a_join_finds_the_keyword(self, tenant: Tenant, job_id: str) -> None:
        assert cells(tenant, job_id, "escape=0")["keyword"] == "-5 cable"
        assert cells(tenant, job_id, "escape=1")["keyword"] == "'-5 cable"

    @pytest.mark.parametrize("option", ["bom=1", "delimiter=;", "escape=0", "lists=text", "bom=0"])
    @pytest.mark.parametrize("kind", ["json", "jsonl", "ndjson"])
    def test_options_of_csv_are_refused_for_other_formats(
        self, tenant: Tenant, job_id: str, option: str, kind: str
    ) -> None:
        message = refused(tenant, f"/jobs/{job_id}/export?format={kind}&{option}")
        assert message == f"{option.split('=')[0]} goes with format=csv, not with {kind}"

    def test_all_together_and_packed(self, tenant: Tenant, job_id: str) -> None:
        query = "format=csv&bom=1&delimiter=;&escape=0&fields=keyword,badges,jobId&gzip=1"
        data = gzip.decompress(tenant.get(f"/jobs/{job_id}/export?{query}").data)
        assert data.decode() == (
            "\ufeffkeyword;badges;jobId\r\n"
            f"-5 cable;#1 (type: best_seller) | type: choice;{job_id}\r\n"
        )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([{"name": "Audio", "nodeId": None}, {"name": "Hi-Fi", "nodeId": "5"}], "Audio | Hi-Fi (nodeId: 5)"),
        ([{"rank": 3, "category": "Cables"}], "rank: 3, category: Cables"),
        ([{"name": "Size", "values": ["S", "M"]}], "Size (values: S, M)"),
        ([{"price": {"amount": Decimal(5), "raw": "5 €"}}], "price: 5 € (amount: 5)"),
        ([["a", "b"], ["c"]], "a, b | c"),
        ([{}], ""), ([{"name": None}], ""), ([], ""), ([True, 1, Decimal("2.50")], "true | 1 | 2.5"),
        ([{"name": "=1"}], "'=1"), ({"5": 0.7, "4": 0.3}, "5: 0.7 | 4: 0.3"),
    ],
)  # fmt: skip
def test_records_of_a_list_are_written_for_people(value: object, text: str) -> None:
    assert cell_text(value, CellStyle(reads_records=True)) == text


class TestRunningJob:
    @pytest.fixture
    def running(self, tenant: Tenant, settlement: Settlement) -> str:
        job: str = tenant.make_job(targets=["a", "b"])["id"]
        end_target(settlement, job, 0, [ROW])
        return job

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    @pytest.mark.parametrize("kind", ["csv", "json", "jsonl"])
    def test_the_file_says_that_more_will_come(
        self, tenant: Tenant, settlement: Settlement, running: str, method: str, kind: str
    ) -> None:
        path = f"/jobs/{running}/export?format={kind}"
        answer = tenant.call(method, path)
        assert answer.headers["X-Job-Status"] == "running"
        assert answer.headers["X-Rows-So-Far"] == "1"
        assert f'filename="job-{running}-partial.{kind}"' in answer.headers["Content-Disposition"]
        end_target(settlement, running, 1)
        answer = tenant.call(method, path)
        assert answer.headers["X-Job-Status"] == "completed"
        assert "X-Rows-So-Far" not in answer.headers
        assert f'filename="job-{running}.{kind}"' in answer.headers["Content-Disposition"]

    @pytest.mark.parametrize("method", ["GET", "HEAD"])
    def test_complete_refuses_it(
        self, tenant: Tenant, settlement: Settlement, running: str, method: str
    ) -> None:
        path = f"/jobs/{running}/export?format=csv&complete=1"
        answer = tenant.call(method, path)
        assert answer.status_code == 409
        if method == "GET":
            assert answer.json["error"]["message"] == "Job is still running, with 1 rows so far"
        end_target(settlement, running, 1)
        assert tenant.call(method, path).status_code == 200
