"""The rules of messages: who is told, in which words, and that nobody is told twice. No I/O, no clock."""
