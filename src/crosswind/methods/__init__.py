"""What training may change: all weights, or a small part of them or beside them."""
