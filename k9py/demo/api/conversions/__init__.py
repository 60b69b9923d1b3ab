"""Kinds whose versions differ in more than their apiVersion."""
