"""Wrong arguments of `scrapy probe`: one line that names them, exit code 64, and nothing is asked."""

from __future__ import annotations

import pytest
from scrapy.cmdline import ScrapyArgumentParser
from scrapy.settings import Settings

from spiders.commands.probe import WRONG_ARGUMENTS, Command

PASSWORD = "a-rather-secret-word"


def run(*arguments: str) -> None:
    settings = Settings()
    settings.setmodule("settings.direct")
    settings.set("SANDBOX_URL", "", priority="cmdline")
    command = Command()
    command.settings = settings
    parser = ScrapyArgumentParser(prog="scrapy probe")
    command.add_options(parser)
    options, rest = parser.parse_known_args(list(arguments))
    command.process_options(rest, options)
    command.run(rest, options)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((), "give one marketplace"),
        (("DE", "FR"), "give one marketplace"),
        (("XX",), "'XX'"),
        (("DE", "--nothing"), "--nothing"),
        (("DE", "--currency"), "--currency"),
        (("DE", "-s", "nonsense"), "-s"),
        (("DE", "--lang", "xx-XX"), "xx-XX"),
        (("DE", "--deliver-to", "SW1A 1AA"), "SW1A 1AA"),
        (("DE", "--deliver-to", "DE"), "postal code"),
        (("DE", "--deliver-to", "XX"), "XX"),
        (("DE", "--currency", "XYZ"), "XYZ"),
        (("DE", "--asin", "hello"), "hello"),
        (("US", "--asin", "https://www.amazon.de/dp/B0ABCDEFG1"), "www.amazon.de"),
        (("DE", "--proxy", "localhost"), "localhost"),
        (("DE", "--proxy", "http://host"), "port"),
        (("DE", "--proxy", "http://host:99999"), "port"),
        (("DE", "--proxy", f"ftp://u:{PASSWORD}@h:1"), "host:port"),
        (("DE", "--proxy", f"http://u:{PASSWORD}@h:1/path"), "host:port"),
        (("AE", "--deliver-to", "00000"), "city"),
        (("sandbox",), "python -m sandbox"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_argument_is_named(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], named: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(*arguments)
    shown = capsys.readouterr()
    assert ended.value.code == WRONG_ARGUMENTS == 64
    assert shown.out == "" and shown.err.startswith("error: ") and shown.err.count("\n") == 1
    assert named in shown.err and PASSWORD not in shown.err
