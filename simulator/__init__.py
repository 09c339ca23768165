"""A shop without hardware: people, tags, radio waves, phones held to cameras, fingers on screens.

It plugs in through ordinary driver entry points, so no other code knows it. Used by the demo, the
tests and the benchmarks; nothing here runs in a real shop.
"""
