"""The manifests of the shop, one file a part of it."""
