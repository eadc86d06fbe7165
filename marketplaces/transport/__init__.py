"""The one door to HTTP, and reading JSON that may hold anything."""
