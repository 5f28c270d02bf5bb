"""What Sensei may cite when it answers: handbooks, rubrics, and a person's own decisions and documents."""
