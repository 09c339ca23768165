"""One file for each outside thing: a library, a device, the disk. Nothing here decides anything."""
