"""Reading the mails that Walmart sends to sellers."""
