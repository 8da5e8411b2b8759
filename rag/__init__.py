"""From a question to a proved answer: retrieve, select evidence, quote, draft, verify."""
