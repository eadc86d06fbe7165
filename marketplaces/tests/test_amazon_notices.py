from marketplaces.amazon import Amazon
from marketplaces.amazon.mail import const
from marketplaces.schema import MAIL_KINDS, InboundMail


def claim(notice="atoz_claim", subject="Claim received on order 114-1234567-1234567", reasons=()):
    return InboundMail("amazon", "notice", notice=notice, subject=subject, reasons=reasons)


def test_each_word_that_mail_reading_may_find_is_known_with_a_label():
    words = {word for _, word in const.NOTIFICATION_TYPES}
    words |= set(const.SENDERS.values())
    words |= {word for word, _ in (*const.SUBJECTS, *const.BODIES)}
    words |= {"other", "delivery_status"}
    known = {kind.code: kind.label for kind in Amazon.notices}
    assert words - set(MAIL_KINDS) == set(known)
    assert all(known.values())


def test_claims_and_copies_are_told_apart():
    assert {kind.code for kind in Amazon.notices if kind.is_claim} == {"atoz_claim", "chargeback"}
    assert {kind.code for kind in Amazon.notices if kind.is_copy} == {"reply_copy"}


def test_a_claim_is_to_be_answered_within_amazons_time():
    assert Amazon.claim_hours(claim()) == 72
    assert Amazon.claim_hours(claim("chargeback", "Chargeback dispute")) == 168
    assert Amazon.claim_hours(claim("refund")) is None


def test_a_decision_needs_no_answer():
    assert Amazon.claim_hours(claim(subject="Claim decision on order 114-1234567-1234567")) is None
    assert Amazon.claim_hours(claim(reasons=("notification type A_Z_CLAIM_RESPONDENT_CLOSE",))) is None


def test_the_words_of_a_copy_are_those_inside_amazons_frame():
    begin, end = "------------- Begin message -------------", "------------- End message -------------"
    quoted = f"We sent it.\n\n> {begin}\n{begin}\nWhere is it?\n{end}"
    body = f"Here is a copy of the e-mail that you sent to Ann.\n\n{begin}\n\n{quoted}\n\n{end}\n\nSeller Central"
    assert Amazon.copied_words(InboundMail("amazon", "notice", body=body)) == quoted
    assert Amazon.copied_words(InboundMail("amazon", "notice", body=" No frame. ")) == "No frame."
