"""Checking and writing the answers to buyers."""
