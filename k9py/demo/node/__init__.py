"""What a node does: its kubelet, the containers in it, and what the programs of images do."""
