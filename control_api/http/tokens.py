"""Access tokens: JWT, HS256 and nothing else, seven days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_jwt_extended import JWTManager, create_access_token, decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError

from control_api.services.errors import Unauthorized
from control_api.services.records import User

LIFETIME = timedelta(days=7)
_GENERATION = "gen"


@dataclass(frozen=True, slots=True)
class TokenClaims:
    user_id: str
    generation: int


def install_tokens(app: Flask, secret: str) -> None:
    app.config.update(
        JWT_SECRET_KEY=secret,
        JWT_ALGORITHM="HS256",
        JWT_DECODE_ALGORITHMS=["HS256"],
        JWT_ACCESS_TOKEN_EXPIRES=LIFETIME,
    )
    JWTManager(app)


def token_for_user(user: User) -> str:
    token: str = create_access_token(
        identity=user.id, additional_claims={_GENERATION: user.token_generation}
    )
    return token


def claims_from_token(token: str) -> TokenClaims:
    """Raises Unauthorized for whatever is not a token of ours that still holds."""
    try:
        claims: dict[str, Any] = decode_token(token)
    except (PyJWTError, JWTExtendedException) as error:
        raise Unauthorized from error
    generation = claims.get(_GENERATION)
    if claims.get("type") != "access" or not isinstance(generation, int):
        raise Unauthorized
    return TokenClaims(str(claims["sub"]), generation)
