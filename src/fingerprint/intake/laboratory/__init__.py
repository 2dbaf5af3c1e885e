"""Exports of laboratories, seen through their profiles as the public table."""
