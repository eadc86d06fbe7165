from . import marketplace_ticket_dialog
