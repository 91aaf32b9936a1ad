"""The rules about money: claims, envelopes, release runs, and what funding knows of children and schools."""
