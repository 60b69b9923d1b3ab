"""Widgets: what more than one screen shows."""
