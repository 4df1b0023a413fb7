"""What an operator does with the whole of it: copy it while it runs, and bring it back."""
