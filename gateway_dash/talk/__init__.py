"""What people say about logs: comments, who is called in them, and who has a log open. None of it goes upstream."""
