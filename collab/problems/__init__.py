"""What people bring to a session: questions with gold answers, and the graders that read a final draft."""
