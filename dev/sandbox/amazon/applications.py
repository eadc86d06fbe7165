"""Pretend applications of the Selling Partner API that sellers authorize in the browser."""

from dataclasses import dataclass, field, fields, replace

from .identity import case_id, hexadecimal, rng

#: Where the module's own pages are below an Odoo's address.
LOGIN_PATH = "/marketplace/amazon/login"
CALLBACK_PATH = "/marketplace/amazon/callback"


@dataclass(frozen=True)
class Application:
    """An application as its developer registered it.

    The first of ``redirect_uris`` is used where a request names none; ``login_uri`` begins the Appstore's way;
    a ``draft`` is found only with ``version=beta``.
    """

    application_ref: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = "Sandbox Helpdesk"
    redirect_uris: tuple = ()
    login_uri: str = ""
    draft: bool = False

    def change(self, **values):
        """Return this application with other values.

        :raise ValueError: an unknown attribute.
        """
        return replace(self, **_check(values))


def _check(values):
    if unknown := set(values) - {f.name for f in fields(Application)}:
        raise ValueError(f"Unknown application attributes: {', '.join(sorted(unknown))}")
    if "redirect_uris" in values:
        values["redirect_uris"] = tuple(values["redirect_uris"])
    return values


def make_application(key, odoo_url=None, **values):
    """Return an application; what is not given follows from a key.

    :param str odoo_url: of an Odoo with this module, whose own pages become log-in and redirect URI.
    """
    source = rng("application", key)
    made = {
        "application_ref": f"amzn1.sp.solution.{case_id('application', key)}",
        "client_id": f"amzn1.application-oa2-client.{hexadecimal(source, 32)}",
        "client_secret": f"amzn1.oa2-cs.v1.{hexadecimal(source, 64)}",
    }
    if odoo_url:
        base = odoo_url.rstrip("/")
        made |= {"redirect_uris": (base + CALLBACK_PATH,), "login_uri": base + LOGIN_PATH}
    return Application(**made | _check(values))


def demo_applications(odoo_url=None):
    """Return the applications there are from the start: one published, one still a draft."""
    return (
        make_application("helpdesk", odoo_url, application_ref="amzn1.sp.solution.sandbox-helpdesk"),
        make_application(
            "draft",
            odoo_url,
            application_ref="amzn1.sp.solution.sandbox-draft",
            name="Sandbox Helpdesk (draft)",
            draft=True,
        ),
    )
