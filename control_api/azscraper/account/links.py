"""Addresses of ours in answers, and the page where one signs up."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import current_app

from control_api.http.own_address import own_origin

# Swagger UI opens at this operation.
REGISTRATION_DOCS = "/api/docs#/auth/auth_register_auth_register_post"


def sign_up_page(name: str, value: str) -> str:
    """`SIGN_UP_URL`, or else the documentation of the registration, with `name=value` added."""
    url = current_app.config["SIGN_UP_URL"] or own_origin() + REGISTRATION_DOCS
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), (name, value)]
    return urlunsplit(parts._replace(query=urlencode(query)))
