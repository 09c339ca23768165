"""What kiosk and gateway say to each other; both import this, neither imports the other.

Pure: values in, values out. The golden files in `contract/golden/` are the final word,
so that a kiosk written in another language can run the same vectors.
"""
