"""Programs of several languages, read into one small tree by the grammars that ast-grep brings along."""
