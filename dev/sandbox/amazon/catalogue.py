"""Invented goods and people for the pretend orders."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Product:
    """A thing for sale: gross price in euros (other currencies are derived), titles by language."""

    asin: str
    sku: str
    price: Decimal
    titles: dict

    def title(self, lang):
        """Return the title in a language, or in English."""
        return self.titles.get(lang[:2], self.titles["en"])


def _product(asin, sku, price, en, de, fr, it, es):
    return Product(asin, sku, Decimal(price), {"en": en, "de": de, "fr": fr, "it": it, "es": es})


PRODUCTS = (
    _product(
        "B0SANDBX01",
        "LMP-DESK-BLK",
        "39.99",
        "LED Desk Lamp with USB Port, Dimmable, Black",
        "LED-Schreibtischlampe mit USB-Anschluss, dimmbar, schwarz",
        "Lampe de bureau LED avec port USB, intensité réglable, noire",
        "Lampada da scrivania a LED con porta USB, dimmerabile, nera",
        "Lámpara de escritorio LED con puerto USB, regulable, negra",
    ),
    _product(
        "B0SANDBX02",
        "KTL-GLS-17",
        "44.90",
        "Glass Electric Kettle 1.7 l, Keep-Warm Function",
        "Wasserkocher aus Glas 1,7 l mit Warmhaltefunktion",
        "Bouilloire électrique en verre 1,7 l, maintien au chaud",
        "Bollitore elettrico in vetro da 1,7 l, mantiene in caldo",
        "Hervidor de agua de cristal 1,7 l con función de mantener caliente",
    ),
    _product(
        "B0SANDBX03",
        "BAG-TRK-40",
        "79.95",
        "Hiking Backpack 40 l with Rain Cover, Forest Green",
        "Wanderrucksack 40 l mit Regenhülle, waldgrün",
        "Sac à dos de randonnée 40 l avec housse de pluie, vert forêt",
        "Zaino da trekking 40 l con copertura antipioggia, verde bosco",
        "Mochila de senderismo 40 l con funda para la lluvia, verde bosque",
    ),
    _product(
        "B0SANDBX04",
        "KNF-SET-5",
        "64.50",
        "Kitchen Knife Set, 5 Pieces, with Beech Block",
        "Messerset 5-teilig mit Block aus Buchenholz",
        "Set de 5 couteaux de cuisine avec bloc en hêtre",
        "Set di 5 coltelli da cucina con ceppo in faggio",
        "Juego de 5 cuchillos de cocina con taco de haya",
    ),
    _product(
        "B0SANDBX05",
        "PMP-BIKE-M",
        "24.99",
        "Mini Bicycle Pump, Aluminium, up to 8 bar",
        "Mini-Fahrradpumpe aus Aluminium, bis 8 bar",
        "Mini-pompe à vélo en aluminium, jusqu'à 8 bars",
        "Mini pompa per bicicletta in alluminio, fino a 8 bar",
        "Minibomba de bicicleta de aluminio, hasta 8 bar",
    ),
    _product(
        "B0SANDBX06",
        "TWL-COT-4",
        "29.90",
        "Cotton Towels, Set of 4, 50 × 100 cm, Sand",
        "Handtücher aus Baumwolle, 4er-Set, 50 × 100 cm, sand",
        "Serviettes en coton, lot de 4, 50 × 100 cm, sable",
        "Asciugamani in cotone, set da 4, 50 × 100 cm, sabbia",
        "Toallas de algodón, juego de 4, 50 × 100 cm, arena",
    ),
    _product(
        "B0SANDBX07",
        "CAB-USBC-2M",
        "11.99",
        "USB-C Charging Cable 2 m, 100 W, Braided",
        "USB-C-Ladekabel 2 m, 100 W, geflochten",
        "Câble de charge USB-C 2 m, 100 W, tressé",
        "Cavo di ricarica USB-C 2 m, 100 W, intrecciato",
        "Cable de carga USB-C 2 m, 100 W, trenzado",
    ),
    _product(
        "B0SANDBX08",
        "PUZ-1000-ALP",
        "17.49",
        "Jigsaw Puzzle “Alpine Lake”, 1000 Pieces",
        "Puzzle „Bergsee“, 1000 Teile",
        "Puzzle « Lac alpin », 1000 pièces",
        "Puzzle «Lago alpino», 1000 pezzi",
        "Puzle «Lago alpino», 1000 piezas",
    ),
    _product(
        "B0SANDBX09",
        "CHR-OFF-GRY",
        "189.00",
        "Office Chair with Lumbar Support, Mesh Back, Grey",
        "Bürostuhl mit Lordosenstütze und Netzrücken, grau",
        "Chaise de bureau avec soutien lombaire, dossier en maille, grise",
        "Sedia da ufficio con supporto lombare, schienale in rete, grigia",
        "Silla de oficina con apoyo lumbar, respaldo de malla, gris",
    ),
    _product(
        "B0SANDBX10",
        "BTL-STL-750",
        "21.95",
        "Stainless Steel Bottle 750 ml, Leakproof",
        "Trinkflasche aus Edelstahl 750 ml, auslaufsicher",
        "Gourde en acier inoxydable 750 ml, étanche",
        "Borraccia in acciaio inox da 750 ml, a prova di perdite",
        "Botella de acero inoxidable 750 ml, sin fugas",
    ),
)

#: Name, street, city, postcode, state by country. Streets and people are invented.
PEOPLE = {
    "DE": (
        ("Jörg Habermehl", "Lindenstraße 12", "Hannover", "30159", "Niedersachsen"),
        ("Anneliese Krug", "Am Mühlbach 3", "Freiburg im Breisgau", "79098", "Baden-Württemberg"),
        ("Mehmet Aslanoğlu", "Schillerplatz 7", "Köln", "50667", "Nordrhein-Westfalen"),
        ("Friederike Oßwald", "Hafenweg 41", "Rostock", "18055", "Mecklenburg-Vorpommern"),
        ("Tim Petersen", "Kastanienallee 88", "Berlin", "10435", "Berlin"),
    ),
    "FR": (
        ("Maëlle Garnier", "14 rue des Tilleuls", "Nantes", "44000", ""),
        ("François Delcourt", "3 place du Marché", "Dijon", "21000", ""),
        ("Inès Bouchet", "27 avenue Jean Moulin", "Montpellier", "34000", ""),
    ),
    "IT": (
        ("Giulia Ferrero", "Via dei Mille 18", "Torino", "10123", "TO"),
        ("Niccolò Bassani", "Corso Garibaldi 5", "Ferrara", "44121", "FE"),
        ("Chiara D'Amico", "Via Roma 102", "Catania", "95124", "CT"),
    ),
    "GB": (
        ("Gareth Lowe", "9 Orchard Lane", "Bristol", "BS1 4QA", ""),
        ("Priya Nandakumar", "Flat 4, 61 Canal Street", "Manchester", "M1 3HE", ""),
        ("Eilidh Sinclair", "22 Harbour Road", "Inverness", "IV1 1SY", ""),
    ),
    "ES": (
        ("Íñigo Etxarri", "Calle del Carmen 6", "Bilbao", "48001", "Bizkaia"),
        ("Lucía Peñalver", "Avenida de la Constitución 33", "Sevilla", "41001", "Sevilla"),
    ),
    "US": (
        ("Marissa Holt", "418 Birch Street", "Madison", "53703", "WI"),
        ("Quentin Avery", "77 Lakeview Drive, Apt 5B", "Portland", "97205", "OR"),
        ("Beatriz Okafor", "1902 Juniper Way", "Austin", "78701", "TX"),
    ),
    "JP": (("佐伯 美咲", "桜台1-2-3", "練馬区", "176-0002", "東京都"),),
    "BR": (("Cauã Brandão", "Rua das Acácias 120", "Curitiba", "80010-000", "PR"),),
    "NL": (("Sanne de Wit", "Molenkade 15", "Utrecht", "3511 AB", ""),),
    "PL": (("Łukasz Wiśniewski", "ulica Lipowa 8", "Poznań", "61-001", ""),),
}

#: Share of value added or sales tax in percent.
TAX = {"DE": 19, "FR": 20, "IT": 22, "GB": 20, "ES": 21, "US": 8, "JP": 10, "NL": 21, "PL": 23, "BR": 17}
#: Roughly what a euro costs.
RATES = {"EUR": "1", "USD": "1.1", "GBP": "0.86", "JPY": "165", "BRL": "6", "PLN": "4.3", "SEK": "11.4"}
#: Carriers of a country and the look of their tracking numbers (# = digit).
CARRIERS = {
    "DE": ("DHL", "00340434##########"),
    "FR": ("Colissimo", "6A###########"),
    "IT": ("BRT", "0801##########"),
    "GB": ("Royal Mail", "JD0002########GB"),
    "ES": ("SEUR", "5###########"),
    "US": ("UPS", "1Z999AA1##########"),
    "JP": ("ヤマト運輸", "4###########"),
}
