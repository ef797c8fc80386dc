from odoo.tests import HttpCase, no_retry, tagged

from odoo.addons.web.tests.test_js import unit_test_error_checker

#: The suite of `static/tests/unit`, as Hoot names suites: after the addon.
_SUITE = "@optics_pos_ru54fz"


def _hoot_id(name):
    """Hoot's name of a suite in an address: a 32 bit hash of its path."""
    number = 0
    for char in name:
        number = ((number << 5) - number + ord(char)) & 0xFFFFFFFF
    return f"{number:08x}"


@tagged("post_install", "-at_install")
class TestHoot(HttpCase):
    """The classes of the POS, in a browser, against Odoo's own mock server."""

    @no_retry
    def test_pos_classes(self):
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=30000"
            f"&id={_hoot_id(_SUITE)}",
            "",
            "",
            login="admin",
            timeout=900,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )
