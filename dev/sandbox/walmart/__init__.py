"""The pretend Walmart: API keys, orders and returns of its Marketplace API v3, mail of its relay."""
