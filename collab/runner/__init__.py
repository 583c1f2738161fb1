"""Many chains at once: the order they move in, how they stop, what a watcher sees."""
