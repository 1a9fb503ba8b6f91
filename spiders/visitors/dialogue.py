"""A visitor's way through the store's dialogue: page, dialogue, choice. At most four requests."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response

from spiders.middlewares.failed_download import FailedDownload
from spiders.pages.classify import PageKind, page_status
from spiders.pages.fetched import Fetched
from spiders.pages.location_dialogue import (
    CHOICE_PATH,
    FORM_PATH,
    TOKEN_HEADER,
    ChoiceAnswer,
    DialogueForm,
    choice_fields,
    dialogue_form,
    find_choice_token,
    find_dialogue_link,
    read_choice_answer,
)
from spiders.pages.status import failure_from_status
from spiders.visitors.cookies import apply_changes, changes_from_headers, cookie_header
from spiders.visitors.visitor import DIALOGUE, Asked
from spiders.work.failures import FAILURES, FailureCode

logger = logging.getLogger(__name__)

Fetch = Callable[[Request], Awaitable[Response]]

_FORMS = {
    "CA": DialogueForm.TWO_FIELDS, "JP": DialogueForm.TWO_FIELDS, "BR": DialogueForm.TWO_FIELDS,
    "AU": DialogueForm.CODE_AND_CITY,
}  # fmt: skip


class DialogueFailed(Exception):
    """The visitor could not ask for its place. `is_refusal`: the store has answered that it will not."""

    def __init__(self, code: FailureCode, message: str, *, is_refusal: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.is_refusal = is_refusal


class Dialogue:
    """`cookies` begins with what a guest may set, and ends with what the store has added.

    `meta` is put into each request: the exit, and whatever else binds the visitor.
    """

    def __init__(
        self,
        asked: Asked,
        fetch: Fetch,
        *,
        cookies: dict[str, str],
        headers: dict[str, str],
        meta: dict[str, Any],
    ) -> None:
        self._asked = asked
        self._fetch = fetch
        self._cookies = cookies
        self._headers = headers
        self._meta = meta
        self.token = ""

    async def choose(self) -> bool:
        """Ask for the place by the JSON address; whether the form address was needed as well.

        Raises DialogueFailed.
        """
        origin = self._asked.marketplace.origin
        page = await self._get(f"{origin}/")
        link = find_dialogue_link(page.body, page_url=page.url)
        if link is None:
            raise DialogueFailed(
                FailureCode.WRONG_PLACE,
                "the store's page holds no address dialogue, so it could not be asked for"
                f" {self._place_text}",
            )
        dialogue = await self._get(link.url, token=link.token)
        self.token = find_choice_token(dialogue.body) or link.token
        self._log_other_form(dialogue.body)
        answer = await self._post_json()
        if answer.is_accepted:
            return False
        answer = await self.choose_by_form()
        if not answer.is_accepted:
            raise DialogueFailed(
                FailureCode.PLACE_REFUSED,
                f"the store {self._asked.marketplace.code} does not take {self._place_text}:"
                f" {answer.words}",
                is_refusal=True,
            )
        return True

    async def choose_by_form(self) -> ChoiceAnswer:
        """The older address, form-encoded."""
        assert self._asked.place is not None
        body = urlencode(choice_fields(self._asked.place)).encode()
        kind = "application/x-www-form-urlencoded;charset=utf-8"
        return read_choice_answer((await self._post(FORM_PATH, body, kind)).body)

    @property
    def _place_text(self) -> str:
        return self._asked.place.text if self._asked.place else ""

    async def _post_json(self) -> ChoiceAnswer:
        assert self._asked.place is not None
        body = json.dumps(choice_fields(self._asked.place)).encode()
        try:
            response = await self._post(CHOICE_PATH, body, "application/json")
        except DialogueFailed as error:
            if error.code != FailureCode.WRONG_PLACE:
                raise
            # A store without this address may have the older one.
            return ChoiceAnswer(False, error.message)
        return read_choice_answer(response.body)

    async def _get(self, url: str, *, token: str = "") -> Response:
        ajax = {"X-Requested-With": "XMLHttpRequest", TOKEN_HEADER: token} if token else {}
        return await self._send(Request(url, headers={**self._headers, **ajax}))

    async def _post(self, path: str, body: bytes, kind: str) -> Response:
        headers = {
            **self._headers,
            "Accept": "application/json, text/html",
            "Content-Type": kind,
            "X-Requested-With": "XMLHttpRequest",
            TOKEN_HEADER: self.token,
        }
        url = f"{self._asked.marketplace.origin}{path}"
        return await self._send(Request(url, method="POST", headers=headers, body=body))

    async def _send(self, request: Request) -> Response:
        request.dont_filter = True
        request.meta.update({**self._meta, DIALOGUE: True})
        request.headers["Cookie"] = cookie_header(self._cookies)
        response = await self._fetch(request)
        if isinstance(response, FailedDownload):
            raise self._failed_download(response)
        apply_changes(self._cookies, changes_from_headers(response.headers.getlist(b"Set-Cookie")))
        code = _block_of(response)
        if code == FailureCode.NOT_FOUND:
            raise DialogueFailed(
                FailureCode.WRONG_PLACE,
                f"the store's address dialogue for {self._place_text} is not where it was"
                f" (HTTP {response.status})",
            )
        if code is not None:
            raise DialogueFailed(
                code, f"while asking for {self._place_text}: {FAILURES[code].message}"
            )
        return response

    def _failed_download(self, response: FailedDownload) -> DialogueFailed:
        if response.code == FailureCode.ROBOTS_DENIED:
            return DialogueFailed(
                FailureCode.PLACE_REFUSED,
                f"robots.txt of the store denies the address dialogue, so {self._place_text}"
                " cannot be asked for",
                is_refusal=True,
            )
        return DialogueFailed(
            response.code, f"while asking for {self._place_text}: {response.message}"
        )

    def _log_other_form(self, dialogue: bytes) -> None:
        """What is known of the stores' dialogues is old; the log says where it is wrong."""
        found = dialogue_form(dialogue)
        expected = _FORMS.get(self._asked.marketplace.code, DialogueForm.ONE_FIELD)
        if found not in (expected, DialogueForm.UNKNOWN):
            logger.info(
                "The dialogue of %s asks by %s, not %s",
                *(self._asked.marketplace.code, found, expected),
            )


def _block_of(response: Response) -> FailureCode | None:
    """The reason why this is no answer of the dialogue: a block page, an error."""
    headers = {
        name.decode("latin-1").lower(): values[-1].decode("latin-1")
        for name, values in response.headers.items()
        if values
    }
    fetched = Fetched(url=response.url, status=response.status, headers=headers, body=response.body)
    code = failure_from_status(page_status(fetched, kind=PageKind.OTHER))
    # A page of the dialogue shows no product, and is no HTML where it is JSON.
    is_no_product = code in (FailureCode.EMPTY_PAGE, FailureCode.STRIPPED_PAGE)
    return None if is_no_product or code == FailureCode.PARSE_ERROR else code
