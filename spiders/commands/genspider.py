"""Scrapy's `genspider`, which writes no module that cannot be imported: it would stop every command."""

from __future__ import annotations

import argparse
import keyword

from scrapy.commands import genspider
from scrapy.exceptions import UsageError


class Command(genspider.Command):
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) == 2:
            name, address = args
            module = genspider.sanitize_module_name(name) if name else ""
            if not module.isidentifier() or keyword.iskeyword(module):
                text = f"{name!r} names no Python module; use letters, digits, - and _"
                raise UsageError(text, print_help=False)
            if set(address) & set('"\\\n'):
                raise UsageError(f"{address!r} is neither a domain nor a URL", print_help=False)
        super().run(args, opts)
