"""What real programs write to a terminal of 80 by 24 cells, and what tmux shows of it: `NAME.bytes` and `NAME.screen`.

`python -m tests.ui.recordings` makes them anew; it needs bash, vim, less, top and tmux.
"""
