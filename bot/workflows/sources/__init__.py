"""What Sensei may cite: reading handbooks, the rubric and people's own documents, and searching them."""
