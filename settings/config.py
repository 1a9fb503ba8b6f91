"""One frozen `Config`, read from the environment in one place."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar
from urllib.parse import urlsplit

from settings.addresses import BadAddress, address_from_text, masked
from settings.secret_texts import without_secrets

T = TypeVar("T")
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

MIN_SECRET_LENGTH = 32
DEFAULT_CRAWLERS = 1
# Each pool has a variable that ends so; job types name them (spiders/types/).
_CRAWLERS_SUFFIX = "_CRAWLERS"
# Secrets that stand in tutorials and in other products' sources; whoever uses one has no secret.
WELL_KNOWN_SECRETS = frozenset(
    {"secret", "mysecret", "changeme", "crawlab", "jwt-secret", "super-secret"}
)


class ConfigError(ValueError):
    """A variable is missing or wrong. Raised while a process starts; the message names the variable."""


@dataclass(frozen=True, slots=True)
class ScrapydNode:
    """One crawl node: a scrapyd and the credentials for it."""

    url: str
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """The node's stable identity: `host:port`."""
        return urlsplit(self.url).netloc


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that the environment can change. Times are in seconds unless the name says otherwise."""

    mongodb_uri: str = field(default="mongodb://127.0.0.1:27017/?directConnection=true", repr=False)
    mongodb_database: str = "azscraper"
    redis_url: str = field(default="redis://127.0.0.1:6379/0", repr=False)
    scrapyd_nodes: tuple[ScrapydNode, ...] = ()
    jwt_secret: str = field(default="", repr=False)
    operator_token: str = field(default="", repr=False)

    sandbox_url: str = ""
    amazon_origin: str = ""
    user_agent: str = "azscraper/0.1 (+https://github.com/azscraper/azscraper)"
    obey_robots: bool = False

    # Of the site spider: processes that read pages, and what one page may take in one.
    page_readers: int = 2
    page_cpu_seconds: float = 5.0
    page_memory_mb: int = 512

    crawler_concurrency: int = 16
    # Pool crawlers of each node: (variable, number) where the number is not DEFAULT_CRAWLERS.
    crawlers: tuple[tuple[str, int], ...] = ()
    site_requests_per_host: int = 8
    # Dedicated runs that a node holds at once, unless an admin says otherwise for it.
    spider_slots: int = 4
    # Modules with an operator's own spiders, beside ours.
    extra_spider_modules: tuple[str, ...] = ()
    # What is deployed here, as nodes show it; empty: the parsers' version.
    version_label: str = ""
    browser_path: str = ""
    worker_alive_file: str = ""
    # Between a runner's INT, TERM and KILL; it reads the variable itself.
    stop_grace_seconds: float = 5.0
    node_name: str = "local"
    lease_seconds: float = 15.0
    heartbeat_seconds: float = 5.0
    commit_interval_seconds: float = 0.05
    page_attempts: int = 4
    # Bounds of a download.
    max_header_line_bytes: int = 64 * 1024
    max_header_bytes: int = 256 * 1024
    min_bytes_per_second: int = 500
    verify_certificates: bool = True
    # For how long a site's cookies are kept: `chain` of redirects, or `job`.
    cookies: str = "chain"
    retry_delay_seconds: float = 1.0
    request_timeout_seconds: float = 60.0
    marketplace_requests_per_minute: int = 60
    # The first cool-down of a proxy; each ban in a row doubles it.
    proxy_ban_seconds: float = 60.0

    # A visitor of a store ends after so many pages, or at this age, whichever comes first.
    visitor_max_pages: int = 500
    visitor_max_age_seconds: float = 3_600.0
    # Proxies that the pages of one place keep to, of however many there are: each needs a visitor.
    visitor_exits: int = 10
    # Where jobs that ask for no place are delivered to, by marketplace.
    deliver_to: tuple[tuple[str, str], ...] = ()
    # Which pages of Amazon spiders go with a visitor: those that ask for a place or a currency, or all.
    visitors: str = "asked"
    # Who loads the pages of Amazon spiders that do not say: http, auto or browser.
    amazon_engine: str = "http"

    feed_window: int = 256
    reconcile_seconds: float = 5.0

    login_failures_per_account: int = 10
    login_failures_per_address: int = 100
    registrations_per_address: int = 100
    api_v1_rate_limit: int = 100
    # Requests that one process of the API works on at the same time.
    api_threads: int = 4
    # Requests of one process that may wait for the end of their job (`Prefer: wait`).
    api_waiters: int = 100
    trusted_proxies: int = 0

    # Where the API's processes count together; prometheus-client reads the variable itself.
    metrics_folder: str = ""
    # Browsers of these origins may call the API; "*" is any.
    cors_origins: tuple[str, ...] = ()

    default_plan: str = "free"
    public_url: str = ""
    # Where a referral link leads; empty: the API's own documentation of the registration.
    sign_up_url: str = ""
    allowed_networks: tuple[IPNetwork, ...] = ()
    max_body_bytes: int = 4 * 1024 * 1024
    retention_days: int = 0
    log_level: str = "INFO"

    @property
    def lease_window(self) -> int:
        """How many targets a crawler works on."""
        return 2 * self.crawler_concurrency

    @property
    def max_leases(self) -> int:
        """So many targets a crawler holds in all. Those that only wait (pacing, a second try, a host that is
        slow to answer) come on top of its window, so that they hold up no others."""
        return 16 * self.lease_window

    def crawlers_of(self, variable: str) -> int:
        """How many crawlers of a pool each node holds; `variable` is the one that the pool reads."""
        return dict(self.crawlers).get(variable, DEFAULT_CRAWLERS)

    def require_jwt_secret(self) -> str:
        """The signing secret; raises ConfigError when it is missing, short or well known."""
        secret = self.jwt_secret
        if not secret:
            raise ConfigError("JWT_SECRET is not set; make one with: openssl rand -hex 32")
        if (
            len(secret) < MIN_SECRET_LENGTH
            or secret.lower() in WELL_KNOWN_SECRETS
            or len(set(secret)) < 8
        ):
            raise ConfigError(
                f"JWT_SECRET is too weak: it needs {MIN_SECRET_LENGTH} random characters or more"
            )
        return secret


def load_config(environ: Mapping[str, str]) -> Config:
    """The Config that `environ` asks for; raises ConfigError naming the variable that is wrong."""
    default = Config()
    read = _Reader(environ)
    lease_seconds = read("LEASE_SECONDS", _seconds, default.lease_seconds)
    heartbeat_seconds = read("HEARTBEAT_SECONDS", _seconds, default.heartbeat_seconds)
    if lease_seconds < 2 * heartbeat_seconds:
        raise ConfigError(
            f"LEASE_SECONDS is {lease_seconds:g}, it must be at least twice HEARTBEAT_SECONDS"
            f" ({heartbeat_seconds:g}), or living crawlers lose their leases"
        )
    return Config(
        mongodb_uri=read("MONGODB_URI", _mongodb_uri, default.mongodb_uri),
        mongodb_database=read("MONGODB_DATABASE", _name, default.mongodb_database),
        redis_url=read("REDIS_URL", _redis_url, default.redis_url),
        scrapyd_nodes=read("SCRAPYD_NODES", _nodes, default.scrapyd_nodes),
        jwt_secret=read("JWT_SECRET", str, default.jwt_secret),
        operator_token=read("OPERATOR_TOKEN", str, default.operator_token),
        sandbox_url=read("SANDBOX_URL", _origin, default.sandbox_url),
        amazon_origin=read("AMAZON_ORIGIN", _origin, default.amazon_origin),
        user_agent=read("USER_AGENT", str, default.user_agent),
        obey_robots=read("OBEY_ROBOTS", _switch, default.obey_robots),
        page_readers=read("PAGE_READERS", _count, default.page_readers),
        page_cpu_seconds=read("PAGE_CPU_SECONDS", _seconds, default.page_cpu_seconds),
        page_memory_mb=read("PAGE_MEMORY_MB", _count, default.page_memory_mb),
        crawler_concurrency=read("CRAWLER_CONCURRENCY", _count, default.crawler_concurrency),
        crawlers=_crawlers(environ, read),
        site_requests_per_host=read(
            "SITE_REQUESTS_PER_HOST", _count, default.site_requests_per_host
        ),
        spider_slots=read("SPIDER_SLOTS", _count_or_none, default.spider_slots),
        extra_spider_modules=read("EXTRA_SPIDER_MODULES", _words, default.extra_spider_modules),
        version_label=read("VERSION_LABEL", _name, default.version_label),
        browser_path=read("BROWSER_PATH", str, default.browser_path),
        stop_grace_seconds=read("STOP_GRACE_SECONDS", _seconds, default.stop_grace_seconds),
        worker_alive_file=read("WORKER_ALIVE_FILE", str, default.worker_alive_file),
        node_name=read("NODE_NAME", _name, default.node_name),
        lease_seconds=lease_seconds,
        heartbeat_seconds=heartbeat_seconds,
        commit_interval_seconds=read(
            "COMMIT_INTERVAL_SECONDS", _seconds, default.commit_interval_seconds
        ),
        max_header_line_bytes=read("MAX_HEADER_LINE_BYTES", _count, default.max_header_line_bytes),
        max_header_bytes=read("MAX_HEADER_BYTES", _count, default.max_header_bytes),
        min_bytes_per_second=read(
            "MIN_BYTES_PER_SECOND", _count_or_none, default.min_bytes_per_second
        ),
        cookies=read("COOKIES", _one_of("chain", "job"), default.cookies),
        verify_certificates=read("VERIFY_CERTIFICATES", _switch, default.verify_certificates),
        page_attempts=read("PAGE_ATTEMPTS", _count, default.page_attempts),
        retry_delay_seconds=read("RETRY_DELAY_SECONDS", _seconds, default.retry_delay_seconds),
        request_timeout_seconds=read(
            "REQUEST_TIMEOUT_SECONDS", _seconds, default.request_timeout_seconds
        ),
        marketplace_requests_per_minute=read(
            "MARKETPLACE_REQUESTS_PER_MINUTE", _count, default.marketplace_requests_per_minute
        ),
        proxy_ban_seconds=read("PROXY_BAN_SECONDS", _seconds, default.proxy_ban_seconds),
        visitor_max_pages=read("VISITOR_MAX_PAGES", _count, default.visitor_max_pages),
        visitor_max_age_seconds=read(
            "VISITOR_MAX_AGE_SECONDS", _seconds, default.visitor_max_age_seconds
        ),
        visitor_exits=read("VISITOR_EXITS", _count, default.visitor_exits),
        visitors=read("VISITORS", _one_of("asked", "always"), default.visitors),
        amazon_engine=read(
            "AMAZON_ENGINE", _one_of("http", "auto", "browser"), default.amazon_engine
        ),
        deliver_to=read("DELIVER_TO", _places, default.deliver_to),
        feed_window=read("FEED_WINDOW", _count, default.feed_window),
        reconcile_seconds=read("RECONCILE_SECONDS", _seconds, default.reconcile_seconds),
        login_failures_per_account=read(
            "LOGIN_FAILURES_PER_ACCOUNT", _count, default.login_failures_per_account
        ),
        login_failures_per_address=read(
            "LOGIN_FAILURES_PER_ADDRESS", _count, default.login_failures_per_address
        ),
        registrations_per_address=read(
            "REGISTRATIONS_PER_ADDRESS", _count, default.registrations_per_address
        ),
        api_v1_rate_limit=read("API_V1_RATE_LIMIT", _count, default.api_v1_rate_limit),
        api_threads=read("API_THREADS", _count, default.api_threads),
        api_waiters=read("API_WAITERS", _count, default.api_waiters),
        trusted_proxies=read("TRUSTED_PROXIES", _count_or_none, default.trusted_proxies),
        metrics_folder=read("PROMETHEUS_MULTIPROC_DIR", str, default.metrics_folder),
        cors_origins=read("CORS_ORIGINS", _origins, default.cors_origins),
        default_plan=read("DEFAULT_PLAN", _one_of("free", "unlimited"), default.default_plan),
        public_url=read("PUBLIC_URL", _origin, default.public_url),
        sign_up_url=read("SIGN_UP_URL", _page_url, default.sign_up_url),
        allowed_networks=read("ALLOWED_NETWORKS", _networks, default.allowed_networks),
        max_body_bytes=read("MAX_BODY_BYTES", _count, default.max_body_bytes),
        retention_days=read("RETENTION_DAYS", _count_or_none, default.retention_days),
        log_level=read(
            "LOG_LEVEL", _one_of("DEBUG", "INFO", "WARNING", "ERROR"), default.log_level
        ),
    )


@cache
def current_config() -> Config:
    """The process' own Config. Read once; a change of the environment needs a restart."""
    return load_config(os.environ)


def process_config() -> Config:
    """`current_config()` for what a process runs first: a wrong variable ends it with one line, and
    without a traceback."""
    try:
        return current_config()
    except ConfigError as error:
        raise SystemExit(f"azscraper: {error}") from None


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def __call__(self, name: str, parse: Callable[[str], T], default: T) -> T:
        text = self._environ.get(name, "").strip()
        if not text:
            return default
        try:
            return parse(text)
        except BadAddress as error:
            raise ConfigError(f"{name} is wrong: {error}") from None
        except ValueError as error:
            # Without its cause: a parser quotes what it was given, and that may hold a password.
            raise ConfigError(f"{name} is wrong: {without_secrets(str(error))}") from None


def _crawlers(environ: Mapping[str, str], read: _Reader) -> tuple[tuple[str, int], ...]:
    names = sorted(name for name in environ if name.endswith(_CRAWLERS_SUFFIX))
    found = [(name, read(name, _count_or_none, DEFAULT_CRAWLERS)) for name in names]
    return tuple((name, number) for name, number in found if number != DEFAULT_CRAWLERS)


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < 86_400 * 366:
        raise ValueError(f"{text} is not a positive number of seconds")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError(f"{text} is not a whole number above 0")
    return value


def _count_or_none(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError(f"{text} is below 0")
    return value


def _switch(text: str) -> bool:
    # "False" must mean false: bool("False") is True, and peers have shipped that.
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    if text.lower() not in words:
        raise ValueError(f"{text!r} is neither true nor false")
    return words[text.lower()]


def _one_of(*words: str) -> Callable[[str], str]:
    """Case does not matter."""

    def parse(text: str) -> str:
        for word in words:
            if word.casefold() == text.casefold():
                return word
        raise ValueError(f"{text!r} is none of {', '.join(words)}")

    return parse


def _origin(text: str) -> str:
    parts = urlsplit(_page_url(text))
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(f"{text!r} must end after the host and port")
    return f"{parts.scheme}://{parts.netloc}"


def _origins(text: str) -> tuple[str, ...]:
    return tuple(part if part == "*" else _origin(part) for part in _words(text))


def _page_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{text!r} is not an http(s) URL")
    return text


def _mongodb_uri(text: str) -> str:
    address_from_text(text, ("mongodb", "mongodb+srv"), many_hosts=True)
    return text


def _redis_url(text: str) -> str:
    if text.startswith("unix://"):
        return text
    address = address_from_text(text, ("redis", "rediss", "unix"))
    database = address.rest.partition("?")[0].strip("/")
    if database and not database.isdecimal():
        raise ValueError(f"{masked(text)}: after the host stands the number of a database, like /0")
    return text


def _name(text: str) -> str:
    if not all(character.isalnum() or character in "-_.:" for character in text):
        raise ValueError(f"{text!r} may hold letters, digits, and - _ . : only")
    return text


def _nodes(text: str) -> tuple[ScrapydNode, ...]:
    return tuple(_node(part) for part in _words(text))


def _node(text: str) -> ScrapydNode:
    try:
        address = address_from_text(text, ("http", "https"))
    except BadAddress as error:
        form = "each node must be a URL like http://user:password@host:6800"
        raise BadAddress(f"{form}: {error}") from None
    if address.rest.strip("/"):
        raise BadAddress(f"{masked(text)} must end after the host and port")
    return ScrapydNode(
        url=f"{address.scheme}://{address.hosts}",
        username=address.username,
        password=address.password,
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _places(text: str) -> tuple[tuple[str, str], ...]:
    """`US=10001,UK=SW1A 1AA`; whether a store takes the place is checked by those who know the stores."""
    pairs = []
    for part in text.split(","):
        code, equals, place = (word.strip() for word in part.partition("="))
        if not equals or not code or not place:
            raise ValueError(f"{part.strip()!r} is not a marketplace=place, such as US=10001")
        pairs.append((code, place))
    return tuple(pairs)


def _networks(text: str) -> tuple[IPNetwork, ...]:
    return tuple(ipaddress.ip_network(part) for part in _words(text))
