"""What a plan becomes, one kind of file a module: values in, text out, and nothing is written."""
