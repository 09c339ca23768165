"""What goes on the devices of a shop, as text: computed here, written and used by others."""
