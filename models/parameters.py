"""Names that more than one room uses: of system parameters, and of keys in the context.

Arguments come before context. A key is there only where a method of Odoo's lies between who sets it and who reads it:

=========================== ================================== ===================================================
key                         set by                             read by
=========================== ================================== ===================================================
marketplace_reply           mail.compose.message               helpdesk.ticket.message_post: answer the buyer
marketplace_confirmed       mail.compose.message               the same: texts of the warnings that a person passed
marketplace_reply_id        ReplySender (models/reply)         ir.mail_server.send_email: it is an answer of ours
marketplace_files           marketplace.message._post          ir.attachment: a buyer's file gets a harmless type
marketplace_bare            marketplace.conversation           helpdesk.ticket.create: nothing is added to the values
marketplace_test_address    the assistant of a mailbox         ir.mail_server: who a test mail is from and goes to
marketplace_seconds         fetchmail.server                   fetchmail.server, through _imap_login__
marketplace_show_sending    the assistant of a mailbox         fetchmail.server: its name in a list of servers
filters                     buttons of a mailbox's form        marketplace.mailbox.action_show_mails: its filters
=========================== ================================== ===================================================
"""

#: How all of them begin.
PARAM = "helpdesk_mgmt_marketplace."
#: Which database this is, and with which keys, when it last was no copy.
HOME = PARAM + "home"
#: Of the keys that secrets are encrypted with.
FINGERPRINT = PARAM + "secret_key_fingerprint"
