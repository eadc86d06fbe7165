"""Reading a mail as it really arrives: MIME, charsets, addresses, text, and who proves where it comes from."""
