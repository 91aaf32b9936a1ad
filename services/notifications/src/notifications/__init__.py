"""Notifications: one message to one person, sent once, and what became of it."""
