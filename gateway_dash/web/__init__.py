"""What every page needs: text made safe to show, numbers made readable, template tags."""
