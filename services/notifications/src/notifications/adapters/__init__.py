"""What the rules need of the world: the mail server, calendar entries, the addresses that scheduling keeps."""
