"""The programs of containers. Each file here makes its own known (`applet`)."""
