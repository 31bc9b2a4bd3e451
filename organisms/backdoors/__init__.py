"""Organisms with a backdoor, and some that only look as if they had one."""
