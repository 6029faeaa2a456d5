"""The configuration: `linkage.toml`, checked key by key, with the command line's overrides on top."""

from linkage.settings.load import load_settings
from linkage.settings.model import (
    BloomSettings,
    FamilyOverride,
    KindOverride,
    LinkSettings,
    NetworkSettings,
    PrivacySettings,
    RegionSettings,
    RingSettings,
    RunSettings,
    Settings,
    SourceSettings,
)

__all__ = [
    "BloomSettings",
    "FamilyOverride",
    "KindOverride",
    "LinkSettings",
    "NetworkSettings",
    "PrivacySettings",
    "RegionSettings",
    "RingSettings",
    "RunSettings",
    "Settings",
    "SourceSettings",
    "load_settings",
]
