"""Questions of sandbagging: the ladder of difficulty and the question sets of its tracks."""
