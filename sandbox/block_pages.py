"""The pages of a shop that does not want to answer, in our own words."""

from sandbox import chrome
from sandbox.http.gzip_stream import Segment
from sandbox.http.messages import Reply
from sandbox.locales import Locale
from sandbox.markup import escape

_LEGACY_HEAD = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.01//EN"><html class="a-no-js" lang="{language}">'
    '<head><meta http-equiv="content-type" content="text/html; charset=UTF-8">'
    '<title dir="ltr">{title}</title></head>'
)
_CONTACT = (
    "<!-- To discuss automated access to Amazon data please contact "
    "api-services-support@amazon.com. -->"
)


def _head(locale: Locale, title: str) -> str:
    language = locale.code.replace("_", "-").lower()
    return _LEGACY_HEAD.format(language=language, title=escape(title))


def captcha(locale: Locale, host: str) -> Reply:
    words = locale.words
    html = (
        f'{_head(locale, host)}{_CONTACT}<body><div class="a-container">'
        f"<h4>{words.captcha_text}</h4>"
        '<form method="get" action="/errors/validateCaptcha" name="">'
        '<input type="hidden" name="amzn" value="practice"/>'
        '<input type="hidden" name="amzn-r" value="/"/>'
        '<div class="a-row a-text-center"><img src="https://images-na.ssl-images-amazon.com/captcha/'
        'practice/Captcha_practice.jpg"></div>'
        '<input autocomplete="off" spellcheck="false" id="captchacharacters" '
        'name="field-keywords" class="a-span12" type="text">'
        f'<button type="submit" class="a-button-text">{words.captcha_button}</button></form>'
        "</div></body></html>"
    )
    return Reply(200, html.encode(), "captcha")


def continue_gate(locale: Locale, host: str) -> Reply:
    words = locale.words
    html = (
        f'{_head(locale, host)}<body><div class="a-container a-padding-double-large">'
        f'<h4 class="a-spacing-none">{words.continue_text}</h4>'
        '<form method="get" action="/errors/validateCaptcha" name="">'
        '<input type="hidden" name="amzn" value="practice"/>'
        '<input type="hidden" name="amzn-r" value="/"/>'
        '<span class="a-button a-button-primary"><span class="a-button-inner">'
        f'<button type="submit" class="a-button-text" alt="{words.continue_button}">'
        f"{words.continue_button}</button></span></span></form></div>"
        f"{'<!-- . -->' * 250}</body></html>"
    )
    return Reply(200, html.encode(), "continue")


def throttle(locale: Locale, *, status: int = 503) -> Reply:
    words = locale.words
    html = (
        f"{_head(locale, words.throttle_title)}{_CONTACT}<body>"
        f'<center><a href="/ref=cs_503_logo/"><b>{words.throttle_title}</b></a>'
        f'<p>{words.throttle_text}</p><a href="/ref=cs_503_link/">•</a></center></body></html>'
    )
    return Reply(status, html.encode(), "throttle" if status == 503 else f"throttle_{status}")


def waf_challenge() -> Reply:
    html = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title></title>'
        '<script type="text/javascript">window.awsWafCookieDomainList = [];'
        'window.gokuProps = {"key":"practice","iv":"practice","context":"practice"};</script>'
        '<script src="https://practice.token.awswaf.com/practice/challenge.js"></script></head>'
        '<body><div id="challenge-container"></div></body></html>'
    )
    return Reply(202, html.encode(), "waf", headers=(("x-amzn-waf-action", "challenge"),))


def not_found(locale: Locale) -> Reply:
    words = locale.words
    html = (
        f'{_head(locale, words.not_found_title)}<body><div id="g">'
        f'<a href="/ref=cs_404_logo"><b>{words.not_found_title}</b></a>'
        f'<p>{words.not_found_text}</p><a href="/ref=cs_404_link">•</a></div></body></html>'
    )
    return Reply(404, html.encode(), "not_found")


def stripped_shell(locale: Locale) -> list[Segment | bytes]:
    """The shell of a product page: a container, and nothing of the product in it."""
    return [
        chrome.head(locale),
        b"<title></title>",
        chrome.navigation(locale),
        b'<div id="dp" class="a-container"><div id="dp-container" role="main"></div></div>\n',
        chrome.base_block(),
        chrome.foot(),
    ]
