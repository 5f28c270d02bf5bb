"""What people ask Sensei: hearing it, answering it, showing the answer."""
