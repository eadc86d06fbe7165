"""Words that marketplaces forbid in mails to buyers: advertising, and begging for reviews.

Sources: Amazon's Communication Guidelines (2020; copies read 2026-11-22), Walmart's Customer Care policy (2026-11-22).
Offers and begging only, not the words themselves: a buyer may ask for a voucher, or be thanked for a review.
"""

import re

COUPON = re.compile(
    r"coupon|(?:discount|promo(?:tion(?:al)?)?|voucher|gift)[ -]codes?\b|\bvouchers?\b(?! number)|"
    r"rabatt-?(?:code|coupon|gutschein)|gutschein(?:code)?s?\b|aktionscode|"
    r"n(?:ä|ae)chste[nr]? (?:einkauf|bestellung) sparen|"
    r"code (?:promo|de réduction|de remise)|bons? (?:de réduction|d['’]achat)|"
    r"c(?:ó|o)digos? (?:de descuento|promocional)|cup(?:ó|o)n(?:es)?\b|vale de descuento|"
    r"codic[ei] (?:sconto|promozionale)|buon[oi] (?:sconto|acquisto|regalo)|"
    r"c(?:ó|o)digos? (?:de desconto|promocional)|cupo(?:m|ns)\b|"
    r"kortingscodes?|kortingsbon|cadeaubon|rabattkod|presentkort|kod (?:rabatowy|promocyjny)|kupon|bon rabatowy|"
    r"indirim (?:kodu|kuponu)|クーポン|割引コード|プロモーションコード|قسيمة|كود خصم",
    re.IGNORECASE,
)
_ASKS = (
    # English
    r"(?:leave|write|give|post|submit|provide|share|drop)\b[^.!?\n]{0,40}"
    r"\b(?:reviews?|feedback(?! (?:on|about|regarding|whether|if)\b)|ratings?|stars?)\b",
    r"(?:remove|delete|change|revise|update|withdraw|edit)\b[^.!?\n]{0,30}\b(?:reviews?|feedback|ratings?)\b",
    r"\brate (?:us|our|your|this)\b|(?:five|5)[ -]?stars?\b|positive (?:reviews?|feedback|ratings?)",
    r"review (?:us|our product|the product) on\b",
    # German
    r"(?:hinterlassen|schreiben|geben|abgeben|verfassen)\b[^.!?\n]{0,50}(?:bewertung|rezension|feedback|sterne)",
    r"(?:positive|gute|ehrliche|kurze|ihre|eine)[nrs]? (?:\w{3,12} )?(?:bewertung|rezension)[^.!?\n]{0,40}"
    r"(?:freuen|dankbar|hinterlassen|abgeben|schreiben|ändern|löschen|zurückziehen|entfernen|überdenken)",
    r"(?:freuen|dankbar|bitten)[^.!?\n]{0,40}(?:bewertung|rezension)|bewerten sie (?:uns|unser|den|das|die)|"
    r"(?:fünf|5)[ -]sterne",
    # French
    r"(?:laiss|rédig|donn|post|écri)[^.!?\n]{0,40}(?:\bavis\b|évaluation|commentaire)|(?:cinq|5) étoiles|"
    r"(?:avis|évaluation|note) positi|(?:supprim|modifi|retir)[^.!?\n]{0,30}(?:\bavis\b|évaluation)|évaluez-nous",
    # Spanish, Italian, Portuguese
    r"(?:dej|escrib|public|pong)[^.!?\n]{0,40}(?:reseña|valoraci|opini|comentario)|(?:cinco|5) (?:estrellas|estrelas)|"
    r"(?:valoraci|reseña|opini)\w* positiv|(?:elimin|cambi|modifi|retir)[^.!?\n]{0,30}(?:reseña|valoraci)",
    r"(?:lasci|scriv|rilasci|pubblic)[^.!?\n]{0,40}(?:recension|feedback|valutazion)|(?:cinque|5) stelle|"
    r"(?:recension|valutazion)\w* positiv|"
    r"(?:elimin|modific|rimuov|cambi)[^.!?\n]{0,30}(?:recension|feedback|valutazion)",
    r"(?:deix|escrev|public)[^.!?\n]{0,40}(?:avaliaç|comentário)|avaliaç\w* positiv|"
    r"(?:remov|alter|exclu)[^.!?\n]{0,30}avaliaç",
    # Dutch, Swedish, Polish, Turkish
    r"(?:beoordeling|recensie|review)\w*[^.!?\n]{0,30}(?:achter|schrijven|geven|plaatsen)|"
    r"(?:laat|schrijf|geef)[^.!?\n]{0,40}(?:beoordeling|recensie|review)|(?:vijf|5) sterren",
    r"(?:lämna|skriv|ge oss)[^.!?\n]{0,40}(?:omdöme|recension|betyg)|(?:fem|5) stjärnor",
    r"(?:wystaw|zostaw|napis|dodaj|dodani)[^.!?\n]{0,40}(?:opini|ocen|recenzj|komentarz)|pozytywn\w+ (?:opini|ocen)|"
    r"(?:pięć|5) gwiazdek",
    r"(?:yorum|değerlendirme)[^.!?\n]{0,20}(?:bırak|yap|yaz)|(?:beş|5) yıldız|olumlu (?:yorum|değerlendirme)",
    # Japanese, Arabic
    r"(?:レビュー|評価)[^。！？\n]{0,15}(?:お願い|ください|いただけ|書|投稿|削除|変更)|(?:高|良い)評価|星(?:5|五)つ",
    r"(?:اترك|اكتب|ترك|كتابة)[^.!؟\n]{0,30}(?:تقييم|مراجعة)|(?:خمس|5) نجوم",
)
REVIEW = re.compile("|".join(_ASKS), re.IGNORECASE)
