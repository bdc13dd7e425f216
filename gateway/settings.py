"""Settings, one class per process role: a role's object holds only what that role may reach.

Read from ``KAIZHA_*`` in the environment; state lives under ``KAIZHA_HOME`` (default ``./var``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["GateSettings", "ServeSettings", "VaultSettings", "home_of"]

MB = 1 << 20


class _Home(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="KAIZHA_", extra="ignore", frozen=True)

    home: Path = Field(default=Path("var"), description="Folder of all state")
    log_format: Literal["json", "console"] = Field(
        default="json", description="Form of log lines on standard error: json, or console for people"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least level of log lines; requests are info"
    )
    otel_endpoint: str = Field(
        default="", description="Base address of an OTLP/HTTP collector that takes traces (extra otel)"
    )

    @property
    def run_folder(self) -> Path:
        """Sockets of the three processes."""
        return self.home.resolve() / "run"

    @property
    def cache_folder(self) -> Path:
        """Row and column files, and files of a remote zone; everything in it can be rebuilt."""
        return self.home.resolve() / "cache"


class ServeSettings(_Home):
    """What `serve` may reach: the open zone, the registry to read from, the caches, the gate's socket."""

    open_zone: str = Field(default="", description="URL of the open zone (default: file under the home)")
    serve_registry_url: str = Field(
        default="", description="Registry as the serving role sees it (read only)"
    )
    base_url: str = Field(default="", description="Public address, for absolute links behind a proxy")
    operator: str = Field(default="", description="Who runs the portal, as catalogues name it")
    contact: str = Field(
        default="", description="Where questions about the data are answered: an e-mail address or a page"
    )
    place: str = Field(
        default="",
        description="The area the data are of, said of every dataset: a name or the address of one",
    )
    query_deadline_s: float = Field(default=5.0, gt=0, description="Longest time a query may take, seconds")
    query_memory_mb: int = Field(default=512, ge=64, description="Memory of one query worker, MB")
    query_workers: int = Field(default=1, ge=1, description="Query worker processes of one server")
    lease_s: float = Field(default=0.5, gt=0, le=0.5, description="Longest age of the policy epoch, seconds")
    meter_url: str = Field(
        default="", description="Where requests are counted (default: the registry's server, else a file)"
    )
    verifying_key: str = Field(
        default="", repr=False, description="Verifies API keys on a replica: run/verifying.key of the gate"
    )
    serve_processes: int = Field(
        default=1, ge=1, description="Serve processes in all; limits by the second are split among them"
    )
    trusted_proxies: str = Field(
        default="", description="Addresses of proxies whose X-Forwarded-For is believed, spaces between"
    )
    day_offset_h: float = Field(
        default=8.0, ge=-12, le=14, description="Zone in which the day of a quota begins, hours from UTC"
    )
    disk_floor_mb: int = Field(
        default=256, ge=0, description="Least free disk with which a server calls itself ready, MB"
    )
    max_upload_mb: int = Field(default=4096, ge=1, description="Largest file received, MB")
    witness_keys: str = Field(
        default="", description="Verifier keys of witnesses of the ledger, spaces between"
    )

    @property
    def open_zone_url(self) -> str:
        return self.open_zone or (self.home.resolve() / "open").as_uri()

    @property
    def max_upload_bytes(self) -> int:
        return self.max_upload_mb * MB

    @property
    def serve_registry(self) -> str:
        return self.serve_registry_url or _sqlite_url(self.home)

    @property
    def meter(self) -> str:
        """A file of its own where the registry is one, so that counting and publishing never wait for each other."""
        return self.meter_url or _server_url(self.serve_registry_url) or _sqlite_url(self.home, "meter")


class VaultSettings(_Home):
    """What `vault` may reach: the domain zone and its socket; no network, no registry."""

    domain_zone: str = Field(
        default="", description="URL of the domain zone (default: folder under the home)"
    )

    @property
    def domain_zone_url(self) -> str:
        return self.domain_zone or (self.home.resolve() / "domain" / "zone").as_uri()

    @property
    def spool_folder(self) -> Path:
        """Private working folder beside the domain zone: received files, spilled tables."""
        return self.home.resolve() / "domain" / "spool"


class GateSettings(ServeSettings, VaultSettings):
    """What `gate` may reach: both zones, the registry to write to, the key ring."""

    registry_url: str = Field(default="", description="Registry (default: SQLite under the home)")
    cache_mb: int = Field(default=20_480, ge=1, description="Disk for files built from releases, MB")
    engine_memory_mb: int = Field(default=4096, ge=256, description="Memory of the batch engine, MB")
    remind_days: int = Field(
        default=30, ge=0, description="Days before its last day that an entry or exemption is reminded of"
    )
    private_webhooks: bool = Field(
        default=False, description="Let webhooks go to this machine and inner networks"
    )
    private_sources: bool = Field(
        default=False, description="Let publish read from addresses on this machine and inner networks"
    )
    source_deadline_s: float = Field(
        default=3600.0, gt=0, description="Longest time reading an address or database may take, seconds"
    )
    harvest_rate: float = Field(
        default=5.0, gt=0, le=100, description="Requests a second to one server, while harvesting"
    )
    harvest_page_mb: int = Field(
        default=32, ge=1, description="Largest page of a catalogue that is harvested, MB (data.json: 8 times)"
    )
    harvest_deadline_s: float = Field(
        default=60.0, gt=0, description="Longest time one page may take, seconds"
    )
    harvest_records: int = Field(default=1_000_000, ge=1, description="Most datasets of one source")
    exchange_lease_s: float = Field(
        default=60.0,
        ge=1,
        description="After so many seconds without a word, another gate goes on with a harvest",
    )
    push_tokens: str = Field(
        default="", repr=False, description="Tokens at portals we push to: ADDRESS=TOKEN, spaces between"
    )
    oidc_issuer: str = Field(default="", description="Identity provider (OpenID Connect issuer)")
    oidc_client_id: str = Field(default="", description="Our client id at the identity provider")
    oidc_client_secret: str = Field(
        default="", repr=False, description="Our client secret at the identity provider"
    )
    licence: str = Field(default="CC-BY-4.0", description="Licence of releases that name none")

    @property
    def registry(self) -> str:
        return self.registry_url or _sqlite_url(self.home)

    @property
    def meter(self) -> str:
        return self.meter_url or _server_url(self.registry_url) or _sqlite_url(self.home, "meter")

    @property
    def keyring_file(self) -> Path:
        return self.home.resolve() / "keys" / "keyring.json"

    @property
    def max_cache_bytes(self) -> int:
        return self.cache_mb * MB


def _sqlite_url(home: Path, folder: str = "registry") -> str:
    return f"sqlite:///{home.resolve() / folder / 'kaizha.sqlite'}"


def _server_url(url: str) -> str:
    return "" if url.startswith("sqlite") else url


def home_of(settings: _Home) -> Path:
    return settings.home.resolve()
