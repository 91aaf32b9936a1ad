"""Reads what authorities have: their yearly return on children looked after (SSDA903), and tables of their own."""
