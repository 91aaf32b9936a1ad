"""One autumn term, played by HTTP as the people who would do it: for the demo to show and for tests to hold to.

What happens to whom stands in `samples/<authority>/term.toml`; here stands how each part of it is done and expected.
"""
