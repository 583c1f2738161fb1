"""The run folder: chains of sessions as append-only files, one writer each, and the views made from them."""
