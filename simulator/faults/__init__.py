"""What goes wrong in a shop, made to happen here on purpose; nothing of the product knows of it."""
