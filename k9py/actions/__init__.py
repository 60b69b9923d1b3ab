"""What a person can do to the row under the cursor: one small file an action, pure, without screen or socket."""
