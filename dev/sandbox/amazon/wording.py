"""What Amazon writes around a buyer's words, by language.

Markers, labels and subject forms follow what was observed in 2025 and 2026; where nothing was observed (Dutch and
partly Polish, Japanese and Italian) they are invented in the same pattern. Long paragraphs are invented throughout.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Wording:
    """One language: words of the frame, and subjects by topic (``{buyer}``, ``{order}`` = suffix or nothing)."""

    intro: str
    start: str
    end: str
    helpful: str
    resolve: str
    report: str
    view: str
    fyi: str
    order: str
    product: str
    suffix: str
    subjects: dict = field(repr=False)
    copyright: str = "Copyright {year} Amazon, Inc. or its affiliates. All rights reserved."
    one_line: bool = False
    base64: bool = False

    def subject(self, topic, buyer, ref):
        """Return the subject of a message."""
        form = self.subjects.get(topic, self.subjects["question"])
        return form.format(buyer=buyer, ref=ref or "", order=self.suffix.format(ref=ref) if ref else "").strip()


_ENGLISH = {
    "intro": "You have received a message.",
    "start": "Message:",
    "end": "End message",
    "helpful": "Was this email helpful?",
    "resolve": "Resolve case",
    "report": "Report questionable activity",
    "view": "View message",
    "fyi": "For Your Information: to settle disputes, messages between buyers and sellers are kept for two years.",
    "order": "Order ID {ref}:",
    "product": "Product Name",
    "suffix": " (Order: {ref})",
}

WORDINGS = {
    "en_US": Wording(
        **_ENGLISH,
        subjects={
            "question": "Inquiry from Amazon customer {buyer}{order}",
            "shipping": "Shipping inquiry from Amazon customer {buyer}{order}",
            "product": "Product details inquiry from Amazon customer {buyer}{order}",
            "return": "Return policy inquiry from Amazon customer {buyer}(Order: {ref})",
            "damaged": "Damaged or defective from Amazon customer {buyer}{order}",
            "cancel": "Order cancellation request from Amazon customer {buyer}{order}",
            "invoice": "Invoice request from Amazon customer {buyer}{order}",
        },
    ),
    "en_GB": Wording(
        **_ENGLISH,
        subjects={
            "question": "Enquiry from Amazon customer {buyer}{order}",
            "shipping": "Delivery enquiry from Amazon customer {buyer}{order}",
            "product": "Product details enquiry from Amazon customer {buyer}{order}",
            "return": "Return policy enquiry from Amazon customer {buyer}{order}",
        },
    ),
    "de": Wording(
        intro="Du hast eine Nachricht erhalten.",
        start="Nachricht:",
        end="Ende der Nachricht",
        helpful="War diese E-Mail hilfreich?",
        resolve="Fall lösen",
        report="Verdächtige Aktivitäten melden",
        view="Nachricht anzeigen",
        fyi="Dieser Service wird ausschließlich für die Kommunikation mit Käufern angeboten. "
        "Wir speichern den Nachrichtenverkehr zwei Jahre lang.",
        order="Bestellnummer {ref}:",
        product="Produktname",
        suffix=" (Bestellung: {ref})",
        subjects={
            "question": "Frage von Amazon-Kunde {buyer}{order}",
            "shipping": "Paket nicht angekommen: Gutschrift anfordern(Bestellung: {ref})",
            "product": "Anfrage von Amazon-Kunde {buyer}{order}",
        },
        copyright="Copyright {year} Amazon Inc. oder Tochtergesellschaften. Alle Rechte vorbehalten.",
    ),
    "fr": Wording(
        intro="Vous avez reçu un message.",
        start="Message: ",
        end="Fin du message",
        helpful="Cet e-mail a-t-il été utile ?",
        resolve="Résoudre le problème",
        report="Signaler une activité douteuse",
        view="Afficher le message",
        fyi="Pour votre information : les messages entre acheteurs et vendeurs sont conservés pendant deux ans.",
        order="Numéro de commande {ref} :",
        product="Nom du produit",
        suffix=" (Commande : {ref})",
        subjects={
            "question": "Demande de renseignements de la part du client Amazon {buyer}",
            "shipping": "Le colis n'est pas arrivé{order}",
            "damaged": "Article endommagé{order}",
            "cancel": "Demande d'annulation de commande{order}",
        },
        copyright="Droits d'auteur {year} Amazon, Inc. ou ses sociétés affiliées. Tous droits réservés. "
        "Amazon EU S.à r.l.",
    ),
    "it": Wording(
        intro="Hai ricevuto un messaggio.",
        start="Messaggio:",
        end="Fine messaggio",
        helpful="Questa e-mail è stata utile?",
        resolve="Risolvi caso",
        report="Segnala attività sospetta",
        view="Visualizza messaggio",
        fyi="Nota informativa: i messaggi tra acquirenti e venditori vengono conservati per due anni.",
        order="Numero d'ordine {ref}:",
        product="Nome prodotto",
        suffix=" (Ordine: {ref})",
        subjects={"question": "Richiesta dal cliente Amazon {buyer}{order}"},
    ),
    "es": Wording(
        intro="Ha recibido un mensaje.",
        start="Message:",
        end="Finalizar mensaje",
        helpful="¿Te pareció útil este correo electrónico?",
        resolve="Resolver caso",
        report="Informar de actividad sospechosa",
        view="Ver mensaje",
        fyi="Este servicio se proporciona para hablar con los compradores. Guardamos los mensajes durante dos años.",
        order="Número de pedido {ref}:",
        product="Nombre del producto",
        suffix=" (Pedido: {ref})",
        subjects={
            "question": "Consulta del cliente de Amazon {buyer}{order}",
            "cancel": "Solicitud de cancelación de pedido del cliente de Amazon {buyer}{order}",
        },
        copyright="Derechos de autor {year} Amazon, Inc. o sus filiales.",
    ),
    "pt_BR": Wording(
        intro="Você recebeu uma mensagem.",
        start="Mensagem: ",
        end="Encerrar mensagem",
        helpful="Este e-mail foi útil?",
        resolve="Solucionar o caso",
        report="Denunciar atividade questionável",
        view="Ver mensagem",
        fyi=_ENGLISH["fyi"],
        order="Número do pedido {ref}:",
        product="Nome do produto",
        suffix="",
        subjects={
            "question": "Pergunta sobre o pedido {ref}",
            "product": "Detalhes do produto Amazon {buyer} pergunta do cliente",
        },
        copyright="Direitos autorais {year} Amazon, Inc. ou suas empresas afiliadas.",
        one_line=True,
    ),
    "ja": Wording(
        intro="メッセージを受信しました。",
        start="メッセージ:",
        end="メッセージはここまで",
        helpful="このEメールは役に立ちましたか?",
        resolve="問い合わせを解決する",
        report="不審な行為を報告する",
        view="メッセージを見る",
        fyi="ご参考: 購入者と出品者の間のメッセージは2年間保存されます。",
        order="注文番号 {ref}:",
        product="商品名",
        suffix="(注文: {ref})",
        subjects={
            "question": "Amazonのカスタマー {buyer} 様からのお問い合わせ{order}",
            "product": "Amazonのカスタマー {buyer} 様から商品の詳細情報に関するお問い合わせ{order}",
        },
        base64=True,
    ),
    "nl": Wording(
        intro="Je hebt een bericht ontvangen.",
        start="Bericht:",
        end="Einde bericht",
        helpful="Was deze e-mail nuttig?",
        resolve="Zaak oplossen",
        report="Verdachte activiteit melden",
        view="Bericht bekijken",
        fyi="Ter informatie: berichten tussen kopers en verkopers worden twee jaar bewaard.",
        order="Bestelnummer {ref}:",
        product="Productnaam",
        suffix=" (Bestelling: {ref})",
        subjects={
            "question": "Vraag van Amazon-klant {buyer}{order}",
            "invoice": "Factuuraanvraag van Amazon-klant {buyer}{order}",
        },
    ),
    "pl": Wording(
        intro="Otrzymałeś wiadomość",
        start="Wiadomość:",
        end="Koniec wiadomości",
        helpful="Czy ten e-mail był pomocny",
        resolve="Rozwiąż sprawę",
        report="Zgłoś wątpliwą aktywność",
        view="Wyświetl wiadomość",
        fyi="Dla Twojej informacji: wiadomości między kupującymi a sprzedawcami są przechowywane przez dwa lata.",
        order="Numer zamówienia {ref}:",
        product="Nazwa produktu",
        suffix=" (Zamówienie: {ref})",
        subjects={"question": "Pytanie od klienta Amazon {buyer}{order}"},
    ),
}
LANGUAGES = {
    "en_US": "English (US)",
    "en_GB": "English (UK)",
    "de": "Deutsch",
    "fr": "Français",
    "it": "Italiano",
    "es": "Español",
    "ja": "日本語",
    "pt_BR": "Português (BR)",
    "nl": "Nederlands",
    "pl": "Polski",
}


def language(code):
    """Return the key of the wording that fits a language code best; English when there is none."""
    code = (code or "en_GB").replace("-", "_")
    if code in WORDINGS:
        return code
    short = code[:2]
    if short in WORDINGS:
        return short
    return {"en": "en_GB", "pt": "pt_BR"}.get(short, "en_GB")
