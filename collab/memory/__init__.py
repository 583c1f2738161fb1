"""What a method can remember with: cards from the person's own words, and where they stand in a prompt."""
