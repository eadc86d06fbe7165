"""The pretend Amazon: its API, its orders and the mails it sends."""
