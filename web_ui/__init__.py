"""What people see: the kiosk's screen, the staff board, the owner's console. Decides nothing."""
