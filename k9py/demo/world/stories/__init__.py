"""Incidents that a newcomer can find and mend: `k9py demo --story NAME`."""
