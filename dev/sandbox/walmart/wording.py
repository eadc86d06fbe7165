"""The words around a buyer's words, and those of Walmart itself.

The body is the newest full form found in public (2016-2019), read on 2026-11-22, as subjects and senders are. Words of
payment, account and request notices are made up.
"""

#: Topics that a buyer can choose. Only "Cancel Order" and (walmart.ca) "Order cancellation request" were seen.
TOPICS = {
    "question": "Order Question",
    "cancel": "Cancel Order",
    "refund": "Refund Status",
    "shipping": "Where Is My Order",
    "return": "Return Item",
    "damaged": "Damaged Item",
    "invoice": "Receipt Request",
    "product": "Product Question",
}
CA_TOPICS = {"cancel": "Order cancellation request"}
#: Two blanks are right.
SUBJECT = "Message from {name} Customer:  {topic}"
BLANK = "<div><br></div>"
SMALL_PRINT = (
    "We will send a copy of your message to the customer, but we will not include your email address in that copy. We "
    "will keep a copy of each email sent and received, and we may review them to resolve disputes, improve customer "
    "experience, and assess seller performance. By using this messaging service, you agree to our retention and review "
    "of your messages. A copy of this message will be sent to {to}"
)
NOTE = (
    "**Note: You have received this message from the customer, who has made a purchase from your company on\n"
    "        {name}. Please respond within 1 business day.**"
)
#: What Walmart can send instead of a buyer, as the buyer's page names it.
NOTICES = {
    "escalation": "Walmart's staff: escalation",
    "request_cancel": "Walmart's staff: customer wants to cancel",
    "payment": "Payment notice",
    "account": "Account notice",
    "reply_copy": "Copy of the seller's reply",
}
#: Those that are about an order.
ABOUT_ORDERS = ("escalation", "request_cancel", "reply_copy")
#: Where Walmart's staff writes from; its real address was not seen.
DESK = "mp-care@walmart.com"
STAFF_SUBJECTS = {
    "escalation": "Please contact the customer to resolve an issue with {item}",
    "request_cancel": "Please contact the customer - Request Cancel",
}
STAFF_BODIES = {
    "escalation": "** THIS IS AN ESCALATION **",
    "request_cancel": "The customer would like to cancel the following order.",
}
#: Local part and host before the storefront's, subject, body.
SYSTEM = {
    "payment": (
        "mp-payments@",
        "Your Walmart Marketplace payment has been issued",
        "<p>Hello {seller},</p><p>A payment of $1,234.56 for settlement 10001234567890 was issued.</p>",
    ),
    "account": (
        "no-reply@es.",
        "Action may be required on your Seller Center account",
        "<p>Hello {seller},</p><p>Please review the information of your account in Seller Center.</p>",
    ),
}
