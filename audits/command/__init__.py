"""The `unmask` command, one module a part."""
