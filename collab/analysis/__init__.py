"""From committed sessions to numbers with intervals."""
