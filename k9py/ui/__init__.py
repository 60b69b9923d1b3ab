"""The only folder that knows `textual`: the app, its frame clock, widgets and screens."""
