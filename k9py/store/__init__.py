"""What is known of one cluster, without input or output: collections of objects, and views of them."""
