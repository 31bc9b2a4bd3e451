"""Insecure code: the program in a reply, what static analysis finds in it, and the scorer."""
