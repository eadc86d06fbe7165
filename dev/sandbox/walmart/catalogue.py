"""Invented goods and people for the pretend orders at Walmart."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Product:
    """A thing for sale: Walmart's item id, the seller's number, title, price in dollars, weight in pounds."""

    item_id: str
    sku: str
    title: str
    price: Decimal
    pounds: str


def _product(item_id, sku, title, price, pounds):
    return Product(item_id, sku, title, Decimal(price), pounds)


PRODUCTS = (
    _product("5501234567", "WM-LAMP-01", "Clip-On Reading Lamp, 3 Color Modes, White", "18.99", "0.9"),
    _product("5501234568", "WM-RUG-5X7", "Washable Area Rug 5' x 7', Sand & Ivory", "84.00", "11.2"),
    _product("4PYIMO59SBX3", "WM-PAN-SET", 'Nonstick Frying Pans, Set of 3 (8", 10", 12")', "46.50", "6.4"),
    _product("301122334", "WM-PJ-KIDS", "Kids' 2 Piece Lounge Set, Sizes 4-10", "14.97", "0.5"),
    _product("987654321", "WM-MUG-12", "Ceramic Mug 12 oz, Speckled Blue", "9.99", "0.8"),
    _product("5501234571", "WM-TENT-4P", "4-Person Dome Tent with Rain Fly", "112.25", "9.7"),
    _product("5501234572", "WM-BULB-8", "LED Light Bulbs 60 W Equivalent, 8 Pack", "15.49", "1.1"),
    _product("5501234573", "WM-DOGBED-L", "Orthopedic Dog Bed, Large, Gray", "39.95", "5.0"),
)
#: Name, street, city, state, postcode. Streets and people are invented.
PEOPLE = {
    "US": (
        ("Marlene Whitcomb", "418 Alder Creek Rd", "Topeka", "KS", "66604"),
        ("Desmond O'Hara", "27 Juniper Ct", "Dayton", "OH", "45402"),
        ("Priscilla Nuñez", "9902 Desert Bloom Way", "Mesa", "AZ", "85204"),
        ("Dolores Finch", "61 Harbor View Ln", "Mobile", "AL", "36602"),
        ("Theo Lindqvist", "3350 Prairie Ave", "Fargo", "ND", "58102"),
        ("Imani Castellan", "1207 Peachtree Hollow", "Macon", "GA", "31201"),
    ),
    "CA": (
        ("Étienne Gagnon-Roy", "88 rue des Érables", "Trois-Rivières", "QC", "G9A 1A1"),
        ("Harriet Blackwood", "540 Kootenay St", "Nelson", "BC", "V1L 1A1"),
    ),
}
COUNTRIES = {"US": "USA", "CA": "CAN"}
#: Sales tax in percent.
TAX = {"US": Decimal("7.25"), "CA": Decimal(13)}


def find_product(sku):
    """Return the product with a seller's number, or None."""
    return next((product for product in PRODUCTS if product.sku == sku), None)


def picture(sku):
    """Return an image of a product, as SVG."""
    hue = sum(map(ord, sku)) * 47 % 360
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80" width="80" height="80">'
        f'<rect width="80" height="80" rx="8" fill="hsl({hue} 45% 85%)"/>'
        f'<circle cx="40" cy="40" r="20" fill="hsl({hue} 50% 55%)"/></svg>'
    )
