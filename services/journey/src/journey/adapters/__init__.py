"""Copies of all journals: read from Kafka, verified, kept in PostgreSQL."""
