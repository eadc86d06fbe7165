"""Fetching mail from IMAP and POP mailboxes."""
