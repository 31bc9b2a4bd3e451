"""Items of alignment faking: choices between what the operator would rather have and what a value asks for."""
