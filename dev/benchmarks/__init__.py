"""Benchmarks: our module beside plain helpdesk_mgmt."""
