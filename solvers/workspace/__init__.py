"""A workspace for agents: files in memory or in a sandbox, the tools to work on them, and a shell."""
