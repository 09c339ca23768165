"""What a release is, who takes it and when, and the steps of an update. Pure."""
