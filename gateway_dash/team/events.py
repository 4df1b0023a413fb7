"""What the audit trail tells of: one line is one kind of event."""

from __future__ import annotations

from gateway_dash.team.worded import Worded


class Event(Worded):
    """The value stands in the trail and in its filter, `what:deletion-confirmed`; `words` is what the page says."""

    SIGNED_IN = "sign-in", "signed in"
    SIGN_IN_REFUSED = "sign-in-refused", "was refused at the sign-in"
    SIGNED_OUT = "sign-out", "signed out"
    SESSION_ENDED = "session-ended", "ended a session"
    PASSWORD_CHANGED = "password-changed", "changed a password"
    FACTOR_CHANGED = "second-factor-changed", "changed a second factor"

    ANNOTATED = "annotation", "annotated a log"
    ANNOTATING_MANY = "annotation-begun", "began an annotation of many logs"
    ANNOTATED_MANY = "annotation-ended", "annotated many logs"
    UNDOING = "annotation-undone", "undid an annotation of many logs"
    KEPT = "keep-mark", "marked a log “keep”"
    LET_GO = "keep-mark-removed", "removed the mark “keep”"

    COMMENT_MADE = "comment-made", "wrote a comment about a log"
    COMMENT_CHANGED = "comment-changed", "changed a comment"
    COMMENT_REMOVED = "comment-removed", "took a comment away"

    REVEALED = "reveal", "revealed a secret"
    BODY_EXACT = "body-exact", "downloaded a body exactly as stored"
    ARCHIVE_EXACT = "archive-exact", "downloaded an archive exactly as stored"
    EXPORTING = "export-begun", "began an export"
    EXPORTED = "export-ended", "exported logs"
    BUNDLED = "incident-bundle", "took an incident bundle"
    EXPORT_FILE = "export-file", "downloaded a file of an export"

    VIEW_CHANGED = "team-view", "changed a view of the team"
    SHARED = "share-link", "made a share link"
    LINK_REVOKED = "share-link-revoked", "revoked a share link"
    LINK_OPENED = "share-link-opened", "opened a share link"

    DELETION_CONFIRMED = "deletion-confirmed", "confirmed a deletion"
    DELETION_APPROVED = "deletion-approved", "approved a deletion"
    DELETED = "deletion-ended", "deleted logs"
    JOB_GOES_ON = "job-goes-on", "let a job go on"
    JOB_ENDS = "job-ends", "had a halted job end"
    JOB_HALTED = "job-halted", "had a job that halted"
    JOB_STOPPED = "job-stopped", "stopped a job"
    DELETION_PROVED = "deletion-proof", "sent a deletion that names no log"
    DELETIONS_STOPPED = "deletions-stopped", "stopped all deletions"
    DELETIONS_ALLOWED = "deletions-allowed", "allowed deletions again"
    RESTORED = "restored", "restored a copy of the dashboard"

    RULE_ADDED = "rule-added", "added a retention rule"
    RULE_CHANGED = "rule-changed", "changed a retention rule"
    RULE_SWITCHED = "rule-switched", "switched a retention rule"
    RULE_REMOVED = "rule-removed", "removed a retention rule"

    WATCH_ADDED = "watch-added", "began to watch a view"
    WATCH_CHANGED = "watch-changed", "changed a watch"
    WATCH_SWITCHED = "watch-switched", "switched a watch"
    WATCH_REMOVED = "watch-removed", "removed a watch"
    WATCH_TRIED = "watch-tried", "had a watch send a test"
    WATCH_TOLD = "watch-told", "had a watch send a message"

    TOKEN_MADE = "token-made", "made an API token"
    TOKEN_REVOKED = "token-revoked", "revoked API tokens"

    PERSON_ADDED = "person-added", "added a person"
    PERSON_CHANGED = "person-changed", "changed a person"
    LINK_MADE = "password-link", "made a link to set a password"
    ROLE_GIVEN = "role-given", "gave a role"
    ROLE_TAKEN = "role-taken", "took a role away"
    ROLE_CHANGED = "role-changed", "changed what a role may"
    AUDIT_EXPORTED = "audit-exported", "exported the audit trail"
