"""What everything in the cluster stands on: time, storage, errors and the list of what is served."""
