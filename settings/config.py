"""One frozen `Config`, read from the environment in one place."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar
from urllib.parse import urlsplit

from settings.addresses import BadAddress, address_from_text, masked
from settings.secret_texts import without_secrets
from settings.values import (
    IPNetwork,
    count_from_text,
    count_or_none_from_text,
    mongodb_uri_from_text,
    name_from_text,
    networks_from_text,
    one_of,
    origin_from_text,
    origins_from_text,
    page_url_from_text,
    places_from_text,
    redis_url_from_text,
    seconds_from_text,
    switch_from_text,
    words_from_text,
)

T = TypeVar("T")

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

    console: bool = True
    # The console's cookie also over plain http on other addresses than this machine's own.
    console_insecure_cookie: bool = False
    # Pictures of products on the console's pages, and how many bytes of them a process keeps.
    images: bool = True
    image_cache_bytes: int = 64 * 1024 * 1024
    default_plan: str = "free"
    public_url: str = ""
    # Where a referral link leads; empty: the API's own documentation of the registration.
    sign_up_url: str = ""
    allowed_networks: tuple[IPNetwork, ...] = ()
    max_body_bytes: int = 4 * 1024 * 1024
    retention_days: int = 0
    # History of watches that is older goes; 0 keeps all of it.
    history_days: int = 0
    # Which pages are kept as they were fetched: off, failed (the page on which its target failed) or all.
    keep_pages: str = "off"
    keep_pages_days: int = 7
    # Of all organizations together, as they are stored.
    keep_pages_mb: int = 1_024
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
    lease_seconds = read("LEASE_SECONDS", seconds_from_text, default.lease_seconds)
    heartbeat_seconds = read("HEARTBEAT_SECONDS", seconds_from_text, default.heartbeat_seconds)
    if lease_seconds < 2 * heartbeat_seconds:
        raise ConfigError(
            f"LEASE_SECONDS is {lease_seconds:g}, it must be at least twice HEARTBEAT_SECONDS"
            f" ({heartbeat_seconds:g}), or living crawlers lose their leases"
        )
    return Config(
        mongodb_uri=read("MONGODB_URI", mongodb_uri_from_text, default.mongodb_uri),
        mongodb_database=read("MONGODB_DATABASE", name_from_text, default.mongodb_database),
        redis_url=read("REDIS_URL", redis_url_from_text, default.redis_url),
        scrapyd_nodes=read("SCRAPYD_NODES", _nodes, default.scrapyd_nodes),
        jwt_secret=read("JWT_SECRET", str, default.jwt_secret),
        operator_token=read("OPERATOR_TOKEN", str, default.operator_token),
        sandbox_url=read("SANDBOX_URL", origin_from_text, default.sandbox_url),
        amazon_origin=read("AMAZON_ORIGIN", origin_from_text, default.amazon_origin),
        user_agent=read("USER_AGENT", str, default.user_agent),
        obey_robots=read("OBEY_ROBOTS", switch_from_text, default.obey_robots),
        page_readers=read("PAGE_READERS", count_from_text, default.page_readers),
        page_cpu_seconds=read("PAGE_CPU_SECONDS", seconds_from_text, default.page_cpu_seconds),
        page_memory_mb=read("PAGE_MEMORY_MB", count_from_text, default.page_memory_mb),
        crawler_concurrency=read(
            "CRAWLER_CONCURRENCY", count_from_text, default.crawler_concurrency
        ),
        crawlers=_crawlers(environ, read),
        site_requests_per_host=read(
            "SITE_REQUESTS_PER_HOST", count_from_text, default.site_requests_per_host
        ),
        spider_slots=read("SPIDER_SLOTS", count_or_none_from_text, default.spider_slots),
        extra_spider_modules=read(
            "EXTRA_SPIDER_MODULES", words_from_text, default.extra_spider_modules
        ),
        version_label=read("VERSION_LABEL", name_from_text, default.version_label),
        browser_path=read("BROWSER_PATH", str, default.browser_path),
        stop_grace_seconds=read(
            "STOP_GRACE_SECONDS", seconds_from_text, default.stop_grace_seconds
        ),
        worker_alive_file=read("WORKER_ALIVE_FILE", str, default.worker_alive_file),
        node_name=read("NODE_NAME", name_from_text, default.node_name),
        lease_seconds=lease_seconds,
        heartbeat_seconds=heartbeat_seconds,
        commit_interval_seconds=read(
            "COMMIT_INTERVAL_SECONDS", seconds_from_text, default.commit_interval_seconds
        ),
        max_header_line_bytes=read(
            "MAX_HEADER_LINE_BYTES", count_from_text, default.max_header_line_bytes
        ),
        max_header_bytes=read("MAX_HEADER_BYTES", count_from_text, default.max_header_bytes),
        min_bytes_per_second=read(
            "MIN_BYTES_PER_SECOND", count_or_none_from_text, default.min_bytes_per_second
        ),
        cookies=read("COOKIES", one_of("chain", "job"), default.cookies),
        verify_certificates=read(
            "VERIFY_CERTIFICATES", switch_from_text, default.verify_certificates
        ),
        page_attempts=read("PAGE_ATTEMPTS", count_from_text, default.page_attempts),
        retry_delay_seconds=read(
            "RETRY_DELAY_SECONDS", seconds_from_text, default.retry_delay_seconds
        ),
        request_timeout_seconds=read(
            "REQUEST_TIMEOUT_SECONDS", seconds_from_text, default.request_timeout_seconds
        ),
        marketplace_requests_per_minute=read(
            "MARKETPLACE_REQUESTS_PER_MINUTE",
            count_from_text,
            default.marketplace_requests_per_minute,
        ),
        proxy_ban_seconds=read("PROXY_BAN_SECONDS", seconds_from_text, default.proxy_ban_seconds),
        visitor_max_pages=read("VISITOR_MAX_PAGES", count_from_text, default.visitor_max_pages),
        visitor_max_age_seconds=read(
            "VISITOR_MAX_AGE_SECONDS", seconds_from_text, default.visitor_max_age_seconds
        ),
        visitor_exits=read("VISITOR_EXITS", count_from_text, default.visitor_exits),
        visitors=read("VISITORS", one_of("asked", "always"), default.visitors),
        amazon_engine=read(
            "AMAZON_ENGINE", one_of("http", "auto", "browser"), default.amazon_engine
        ),
        deliver_to=read("DELIVER_TO", places_from_text, default.deliver_to),
        feed_window=read("FEED_WINDOW", count_from_text, default.feed_window),
        reconcile_seconds=read("RECONCILE_SECONDS", seconds_from_text, default.reconcile_seconds),
        login_failures_per_account=read(
            "LOGIN_FAILURES_PER_ACCOUNT", count_from_text, default.login_failures_per_account
        ),
        login_failures_per_address=read(
            "LOGIN_FAILURES_PER_ADDRESS", count_from_text, default.login_failures_per_address
        ),
        registrations_per_address=read(
            "REGISTRATIONS_PER_ADDRESS", count_from_text, default.registrations_per_address
        ),
        api_v1_rate_limit=read("API_V1_RATE_LIMIT", count_from_text, default.api_v1_rate_limit),
        api_threads=read("API_THREADS", count_from_text, default.api_threads),
        api_waiters=read("API_WAITERS", count_from_text, default.api_waiters),
        trusted_proxies=read("TRUSTED_PROXIES", count_or_none_from_text, default.trusted_proxies),
        metrics_folder=read("PROMETHEUS_MULTIPROC_DIR", str, default.metrics_folder),
        cors_origins=read("CORS_ORIGINS", origins_from_text, default.cors_origins),
        console=read("CONSOLE", switch_from_text, default.console),
        console_insecure_cookie=read(
            "CONSOLE_INSECURE_COOKIE", switch_from_text, default.console_insecure_cookie
        ),
        images=read("IMAGES", switch_from_text, default.images),
        image_cache_bytes=read("IMAGE_CACHE_BYTES", count_from_text, default.image_cache_bytes),
        default_plan=read("DEFAULT_PLAN", one_of("free", "unlimited"), default.default_plan),
        public_url=read("PUBLIC_URL", origin_from_text, default.public_url),
        sign_up_url=read("SIGN_UP_URL", page_url_from_text, default.sign_up_url),
        allowed_networks=read("ALLOWED_NETWORKS", networks_from_text, default.allowed_networks),
        max_body_bytes=read("MAX_BODY_BYTES", count_from_text, default.max_body_bytes),
        retention_days=read("RETENTION_DAYS", count_or_none_from_text, default.retention_days),
        history_days=read("HISTORY_DAYS", count_or_none_from_text, default.history_days),
        keep_pages=read("KEEP_PAGES", one_of("off", "failed", "all"), default.keep_pages),
        keep_pages_days=read("KEEP_PAGES_DAYS", count_from_text, default.keep_pages_days),
        keep_pages_mb=read("KEEP_PAGES_MB", count_from_text, default.keep_pages_mb),
        log_level=read("LOG_LEVEL", one_of("DEBUG", "INFO", "WARNING", "ERROR"), default.log_level),
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
    found = [(name, read(name, count_or_none_from_text, DEFAULT_CRAWLERS)) for name in names]
    return tuple((name, number) for name, number in found if number != DEFAULT_CRAWLERS)


def _nodes(text: str) -> tuple[ScrapydNode, ...]:
    return tuple(_node(part) for part in words_from_text(text))


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
