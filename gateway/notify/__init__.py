"""Ways to reach people who look at no page: one file each, behind one port."""
