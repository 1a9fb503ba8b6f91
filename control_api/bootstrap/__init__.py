"""The only place where the API's parts are made and put together."""

from control_api.bootstrap.app import create_app
from control_api.bootstrap.parts import Parts, build_parts

__all__ = ["Parts", "build_parts", "create_app"]
