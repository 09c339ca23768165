"""The eye: the camera and its decoders in a process of their own, which may crash or hang."""
