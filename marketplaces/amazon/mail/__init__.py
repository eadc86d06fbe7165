"""Reading the mails that Amazon sends to sellers."""
