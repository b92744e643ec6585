"""Settings as the rooms below want them: for the transport, for the indexes, for builds. Reads nothing else."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from capsa.index.configuration import IndexConfiguration, Strategy
from capsa.model.binary import EVERY
from capsa.model.build import ALL, BuildRules
from capsa.model.surroundings import Surroundings
from capsa.settings.layer import Settings
from capsa.transport.configuration import TransportConfiguration


def transport_configuration(settings: Settings, surroundings: Surroundings) -> TransportConfiguration:
    """Return what the transport has to know."""
    variables = surroundings.variables
    file, folder = settings.certificates
    return TransportConfiguration(
        timeout=settings.timeout,
        ca_file=file,
        ca_folder=folder,
        client_cert=settings.client_cert,
        proxies=settings.proxies,
        no_proxy=settings.no_proxy,
        trusted_hosts=settings.trusted_host,
        credential_urls=tuple(url for url in (*settings.indexes, *settings.find_links) if "@" in urlsplit(url).netloc),
        netrc_path=variables.get("NETRC") or f"{surroundings.home}/.netrc",
        is_offline=settings.offline,
        retries=settings.retries,
    )


def index_configuration(settings: Settings, refresh: frozenset[str]) -> IndexConfiguration:
    """Return which indexes are asked; ``refresh`` names the projects whose pages are asked anew ("*" for all)."""
    return IndexConfiguration(
        index_url=None if settings.no_index else settings.index_url,
        extra_index_urls=() if settings.no_index else settings.extra_index_url,
        find_links=settings.find_links,
        strategy=cast("Strategy", settings.index_strategy),
        max_age=settings.index_max_age,
        refresh=refresh,
        is_refresh_all="*" in refresh,
        is_offline=settings.offline,
    )


def build_rules(settings: Settings) -> BuildRules:
    """Return what may be built from source, and how."""
    pairs = (text.partition("=") for text in settings.config_settings)
    return BuildRules(
        no_build=_names(settings.only_binary),
        no_binary=_names(settings.no_binary),
        has_isolation=not settings.no_build_isolation,
        config=tuple((key, value) for key, _, value in pairs),
    )


def _names(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(ALL if word == EVERY else word for word in words)
