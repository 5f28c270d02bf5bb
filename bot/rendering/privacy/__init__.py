"""What people read about an erasure."""
