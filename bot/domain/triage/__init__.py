"""What a sensei decides about a capstone: rulings on criteria, exemptions, appeals, and their evidence."""
