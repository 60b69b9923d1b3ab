"""The API server's sockets: paths, forms of answers, watches and channels."""
