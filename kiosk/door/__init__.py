"""The door process: verifies passes itself, writes down what it decided, then pulses the lock."""
