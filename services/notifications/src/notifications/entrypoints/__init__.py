"""What runs: the sender, and the list of messages by HTTP."""
