"""Problems of sandbagging: drawn without end, in six domains, each on six rungs of difficulty."""
