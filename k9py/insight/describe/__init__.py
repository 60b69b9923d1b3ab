"""An object in words, as `kubectl describe` tells it: a file a kind or a family of kinds, found by themselves.

`gather` reads what stands beside the object, `write` makes the text; both by `k9py.insight.describe.describer`.
"""
