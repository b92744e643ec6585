"""Settings, as text and as documents, each asserted whole."""

from capsa.model import outcome as made
from capsa.terminal.show import document, text
from capsa.terminal.style import Style

PLAIN = Style(folder="/desk", home="/srv/me")

SETTINGS = made.SettingsOutcome(
    settings=(
        made.SettingRow(key="cert", value=None, origin="built in"),
        made.SettingRow(key="extra-index-url", value=["https://a.example", "https://b.example"], origin="flag"),
        made.SettingRow(key="offline", value=True, origin="CAPSA_OFFLINE"),
        made.SettingRow(key="timeout", value=15.0, origin="built in"),
    )
)


def test_settings_are_a_table_with_origins():
    assert text(SETTINGS, PLAIN) == (
        "setting          value                                origin\n"
        "cert             -                                    built in\n"
        "extra-index-url  https://a.example https://b.example  flag\n"
        "offline          true                                 CAPSA_OFFLINE\n"
        "timeout          15                                   built in\n"
    )
    assert document(SETTINGS)["settings"][1] == {
        "key": "extra-index-url",
        "value": ["https://a.example", "https://b.example"],
        "origin": "flag",
    }
