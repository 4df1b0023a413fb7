"""What there is to do with the logs of a gateway: one line is one right."""

from __future__ import annotations

from gateway_dash.team.worded import Worded


class Action(Worded):
    """The value is the name of Django's permission, `words` completes "may" and "may not"."""

    SEE = "see_logs", "see logs: lists, counts and metadata"
    READ = "see_payloads", "read requests and responses, with secrets masked"
    REVEAL = "reveal_secrets", "see secrets that are masked in bodies"
    ANNOTATE = "annotate_logs", "change verdict, score and metadata of logs"
    EXPORT = "export_logs", "take logs away as files"
    SHARE = "share_logs", "give others links that work without a right of their own"
    DELETE = "delete_logs", "delete logs"
    APPROVE = "approve_deletions", "approve a deletion that somebody else confirmed"
    ADMINISTER = "administer", "give rights, read the audit trail, lift locks"


# What an action is worth nothing without. Whoever has only the later right has neither.
NEEDS = {
    Action.READ: (Action.SEE,),
    Action.REVEAL: (Action.SEE, Action.READ),
    Action.ANNOTATE: (Action.SEE,),
    Action.EXPORT: (Action.SEE,),
    Action.SHARE: (Action.SEE,),
    Action.DELETE: (Action.SEE,),
    Action.APPROVE: (Action.SEE,),
}
