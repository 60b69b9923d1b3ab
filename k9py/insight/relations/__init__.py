"""How objects belong together: owners, references found in their specs, selectors; and the tree made of them."""
