"""How fast: Beleg beside the same work done the plain way and by a public peer, in one run.

`python -m eval.bench` measures; each part stands in a module of its own and gives rows.
"""
