"""Watches: saved views that are counted every few minutes, and that tell a channel when there is too much in them."""
