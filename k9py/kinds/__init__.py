"""What is special about each kind of object: the fields it reads, its columns, its health, and where enter leads.

A file that holds a KIND is found by itself. A kind without a file is shown in the server's own columns.
"""
