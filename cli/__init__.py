"""The command line, floor 5; what each command does is written in the package that it is about."""
