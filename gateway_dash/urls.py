"""The table of contents. These addresses are a promise: links live in tickets for years.

Each says the right that it asks for (gateway_dash/team/doors.py); who lacks it never reaches the view.
"""

from django.contrib.auth import views as auth
from django.urls import path, register_converter

from gateway_dash.api import account, answers
from gateway_dash.api import pages as api_pages
from gateway_dash.api import views as api
from gateway_dash.api.door import by_token
from gateway_dash.bulk import annotate_views, archive_views, gate_views, job_views, keep_views, plan_views
from gateway_dash.bulk import downloads as bulk_downloads
from gateway_dash.bulk import views as bulk
from gateway_dash.bulk.exporting import views as exporting
from gateway_dash.bulk.retention import views as retention
from gateway_dash.bulk.review import making, one
from gateway_dash.bulk.review import pages as reviews
from gateway_dash.links import views as links
from gateway_dash.links.bundle import log_bundle
from gateway_dash.links.opened import share_link
from gateway_dash.logs import (
    all_logs,
    annotate,
    around,
    attempts,
    compare,
    completion,
    counts,
    downloads,
    finding,
    gateways,
    media,
    pages,
    palette,
    peek,
    repro,
    reveal,
    selection,
    since,
    tree,
    twins,
)
from gateway_dash.logs import views as logs
from gateway_dash.sharing import views as sharing
from gateway_dash.signin import confirming, entering, oidc, second_factor, sessions
from gateway_dash.signin import pages as own_pages
from gateway_dash.talk import mentions
from gateway_dash.talk import views as talk
from gateway_dash.team import audit_views, people, role_views
from gateway_dash.team.actions import Action
from gateway_dash.team.demo import demo_sign_in
from gateway_dash.team.doors import administers, needs, open_to_all, signed_in
from gateway_dash.team.views import ChoosePassword, SignIn
from gateway_dash.watches import views as watches
from gateway_dash.web import health, metrics
from gateway_dash.web import views as web


class GatewayName:
    """A gateway's id, as the API's schema has it. Anything else is a 404 that asks nobody."""

    regex = r"(?=[a-z0-9_-]{1,64}(?:/|\Z))[a-z0-9_]+(?:-[a-z0-9_]+)*"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    to_url = to_python


class LogId(GatewayName):
    """A log's id: opaque, but of these signs alone, so that it can never become another upstream address."""

    regex = r"[A-Za-z0-9_-]{1,128}"


class JobKey(GatewayName):
    """The name of a job."""

    regex = r"[0-9a-f]{16}"


class FileName(GatewayName):
    """A file of a job: of these signs alone, so that it can never lead elsewhere in the store."""

    regex = r"[a-z0-9-]{1,60}(?:\.[a-z0-9]{1,8}){1,2}"


class Token(GatewayName):
    """The secret of a share link: 128 bits in 22 signs."""

    regex = r"[A-Za-z0-9_-]{22}"


class Side(GatewayName):
    """One of the two bodies."""

    regex = r"request|response"


SEE, READ, REVEAL, ANNOTATE, EXPORT = Action.SEE, Action.READ, Action.REVEAL, Action.ANNOTATE, Action.EXPORT
SHARE, DELETE, APPROVE, ADMINISTER = Action.SHARE, Action.DELETE, Action.APPROVE, Action.ADMINISTER

register_converter(GatewayName, "gateway")
register_converter(LogId, "log_id")
register_converter(JobKey, "job")
register_converter(FileName, "file")
register_converter(Token, "token")
register_converter(Side, "side")

GATEWAY = "gateways/<gateway:gateway>/"
JOB = GATEWAY + "jobs/<job:key>/"
WATCHES = GATEWAY + "watches/"
RETENTION = GATEWAY + "retention/"
REVIEW = GATEWAY + "reviews/<job:key>/"
LOG = GATEWAY + "logs/<log_id:log_id>/"
PERSON = "team/people/<int:person_id>/"
API = "api/v1/"
API_GATEWAY = API + "gateways/<gateway:gateway>"
API_LOG = API_GATEWAY + "/logs/<log_id:log_id>"

urlpatterns = [
    path("", signed_in(gateways.home), name="home"),
    path("gateways/", signed_in(gateways.gateway_list), name="gateway-list"),
    path("logs/", signed_in(all_logs.all_log_list), name="all-log-list"),
    path(GATEWAY, needs(SEE, sharing.gateway_open), name="gateway-open"),
    path(GATEWAY + "views/", needs(SEE, sharing.view_list), name="view-list"),
    path(GATEWAY + "views/save/", needs(SEE, sharing.view_save), name="view-save"),
    path(GATEWAY + "views/default/", needs(SEE, sharing.view_default), name="view-default"),
    path(GATEWAY + "views/<int:view_id>/rename/", needs(SEE, sharing.view_rename), name="view-rename"),
    path(GATEWAY + "views/<int:view_id>/delete/", needs(SEE, sharing.view_delete), name="view-delete"),
    path(GATEWAY + "views/team-default/", needs(ADMINISTER, sharing.view_team_default), name="view-team-default"),
    path(GATEWAY + "views/<int:view_id>/team/", needs(SEE, sharing.view_team), name="view-team"),
    path(GATEWAY + "views/<int:view_id>/since/", needs(SEE, since.view_since), name="view-since"),
    path(GATEWAY + "searches/forget/", needs(SEE, sharing.search_forget), name="search-forget"),
    path(GATEWAY + "logs/", needs(SEE, logs.log_list), name="log-list"),
    *(
        path(f"{GATEWAY}logs.{kind}", needs(EXPORT, logs.log_export), {"kind": kind}, name=f"log-list-{kind}")
        for kind in ("json", "csv", "jsonl")
    ),
    path(GATEWAY + "logs/complete/", needs(SEE, completion.log_complete), name="log-complete"),
    path(GATEWAY + "logs/compare/", needs(READ, compare.log_compare), name="log-compare"),
    path(GATEWAY + "logs/counts/histogram/", needs(SEE, counts.count_histogram), name="count-histogram"),
    path(GATEWAY + "logs/counts/facet/", needs(SEE, counts.count_facet), name="count-facet"),
    path(GATEWAY + "logs/counts/ranges/", needs(SEE, counts.count_ranges), name="count-ranges"),
    path(GATEWAY + "logs/counts/newer/", needs(SEE, counts.count_newer), name="count-newer"),
    path(GATEWAY + "logs/selection/", needs(SEE, selection.log_select), name="log-select"),
    path(GATEWAY + "logs/delete/preview/", needs(DELETE, bulk.delete_preview), name="delete-preview"),
    path(GATEWAY + "logs/export/", needs(EXPORT, exporting.export_plan), name="export-plan"),
    path(GATEWAY + "logs/annotate-many/", needs(ANNOTATE, annotate_views.annotate_many), name="annotate-many"),
    path(GATEWAY + "logs/annotate-many/plan/", needs(ANNOTATE, annotate_views.annotate_plan), name="annotate-plan"),
    path(JOB + "annotate/", needs(ANNOTATE, annotate_views.annotate_start), name="annotate-start"),
    path(JOB + "undo/", needs(ANNOTATE, annotate_views.annotate_undo), name="annotate-undo"),
    path(GATEWAY + "jobs/", needs(SEE, job_views.job_list), name="job-list"),
    path(JOB, needs(SEE, job_views.job), name="job"),
    path(JOB + "archive/", needs(READ, archive_views.job_archive), name="job-archive"),
    path(JOB + "archive/<int:number>", needs((READ, EXPORT), archive_views.job_archive_file), name="job-archive-file"),
    path(JOB + "archive/<log_id:log_id>/", needs(READ, archive_views.job_archived), name="job-archived"),
    path(JOB + "receipt.json", needs(SEE, archive_views.job_receipt), name="job-receipt"),
    path(JOB + "confirm/", needs(DELETE, plan_views.job_confirm), name="job-confirm"),
    path(JOB + "approve/", needs(APPROVE, plan_views.job_approve), name="job-approve"),
    path(JOB + "go-on/", needs(SEE, plan_views.job_go_on), name="job-go-on"),
    path(JOB + "files/<file:name>", needs(EXPORT, bulk_downloads.job_file), name="job-file"),
    path(JOB + "stop/", needs(SEE, job_views.job_stop), name="job-stop"),
    path(WATCHES, needs(SEE, watches.watch_list), name="watch-list"),
    path(WATCHES + "add/", needs(SHARE, watches.watch_add), name="watch-add"),
    path(WATCHES + "<int:watch_id>/", needs(SHARE, watches.watch_edit), name="watch-edit"),
    path(WATCHES + "<int:watch_id>/save/", needs(SHARE, watches.watch_save), name="watch-save"),
    path(WATCHES + "<int:watch_id>/switch/", needs(SEE, watches.watch_switch), name="watch-switch"),
    path(WATCHES + "<int:watch_id>/remove/", needs(SEE, watches.watch_remove), name="watch-remove"),
    path(WATCHES + "<int:watch_id>/try/", needs(SHARE, watches.watch_try), name="watch-try"),
    path(RETENTION, needs(SEE, retention.retention_list), name="retention-list"),
    path(RETENTION + "add/", needs(DELETE, retention.retention_add), name="retention-add"),
    path(RETENTION + "<int:rule_id>/", needs(DELETE, retention.retention_edit), name="retention-edit"),
    path(RETENTION + "<int:rule_id>/save/", needs(DELETE, retention.retention_save), name="retention-save"),
    path(RETENTION + "<int:rule_id>/switch/", needs(SEE, retention.retention_switch), name="retention-switch"),
    path(RETENTION + "<int:rule_id>/remove/", needs(DELETE, retention.retention_remove), name="retention-remove"),
    path(GATEWAY + "reviews/", needs((READ, ANNOTATE), reviews.review_list), name="review-list"),
    path(GATEWAY + "reviews/start/", needs((READ, ANNOTATE), making.review_start), name="review-start"),
    path(REVIEW, needs((READ, ANNOTATE), reviews.review), name="review"),
    path(REVIEW + "summary/", needs((READ, ANNOTATE), reviews.review_summary), name="review-summary"),
    path(REVIEW + "verdicts.csv", needs((READ, ANNOTATE), reviews.review_csv), name="review-csv"),
    path(REVIEW + "logs/<log_id:log_id>/", needs((READ, ANNOTATE), one.review_log), name="review-log"),
    path(REVIEW + "logs/<log_id:log_id>/save/", needs((READ, ANNOTATE), one.review_save), name="review-save"),
    path(REVIEW + "logs/<log_id:log_id>/claim/", needs((READ, ANNOTATE), one.review_claim), name="review-claim"),
    path(GATEWAY + "logs/bundle/", needs((READ, EXPORT), log_bundle), name="log-bundle"),
    path(GATEWAY + "links/", needs(SHARE, links.link_list), name="link-list"),
    path(GATEWAY + "links/new/", needs(SHARE, links.link_new), name="link-new"),
    path(GATEWAY + "links/<int:link_id>/preview/", needs(SHARE, links.link_preview), name="link-preview"),
    path(GATEWAY + "links/<int:link_id>/revoke/", needs(SHARE, links.link_revoke), name="link-revoke"),
    path(LOG, needs(SEE, pages.log_detail), name="log-detail"),
    path(LOG + "conversation/", needs(READ, pages.log_conversation), name="log-conversation"),
    path(LOG + "conversation.md", needs(READ, pages.log_markdown), name="log-markdown"),
    path(LOG + "raw/", needs(READ, pages.log_raw), name="log-raw"),
    path(LOG + "repro/", needs(READ, repro.log_repro), name="log-repro"),
    path(LOG + "peek/", needs(SEE, peek.log_peek), name="log-peek"),
    path(LOG + "place/", needs(SEE, peek.log_place), name="log-place"),
    path(LOG + "around/", needs(SEE, around.log_around), name="log-around"),
    path(LOG + "tree/", needs(READ, tree.log_tree), name="log-tree"),
    path(LOG + "attempts/", needs(SEE, attempts.log_attempts), name="log-attempts"),
    path(LOG + "twins/", needs(READ, twins.log_twins), name="log-twins"),
    path(LOG + "keep/", needs(ANNOTATE, keep_views.log_keep), name="log-keep"),
    path(LOG + "annotate/", needs(ANNOTATE, annotate.log_annotate), name="log-annotate"),
    path(LOG + "comments/", needs(SEE, talk.log_comments), name="log-comments"),
    path(LOG + "comments/add/", needs(ANNOTATE, talk.comment_add), name="comment-add"),
    path(LOG + "comments/<int:number>/change/", needs(ANNOTATE, talk.comment_change), name="comment-change"),
    path(LOG + "comments/<int:number>/remove/", needs(ANNOTATE, talk.comment_remove), name="comment-remove"),
    path(LOG + "here/", needs(SEE, talk.log_here), name="log-here"),
    path(LOG + "<side:side>", needs(READ, downloads.log_download), name="log-download"),
    path(LOG + "<side:side>/reveal/", needs(REVEAL, reveal.log_reveal), name="log-reveal"),
    path(LOG + "<side:side>/part/", needs(READ, logs.log_body), name="log-body"),
    path(LOG + "<side:side>/media/", needs(READ, media.log_media), name="log-media"),
    path(GATEWAY + "people/complete/", needs(ANNOTATE, mentions.people_complete), name="people-complete"),
    path("mentions/", signed_in(mentions.mention_list), name="mention-list"),
    path("mentions/seen/", signed_in(mentions.mention_seen), name="mention-seen"),
    path("mentions/<int:mention_id>/open/", signed_in(mentions.mention_open), name="mention-open"),
    path("deletion/", needs(SEE, gate_views.deletion_gates), name="deletion-gates"),
    path("deletion/stop/", needs(SEE, gate_views.deletion_stop), name="deletion-stop"),
    path("deletion/allow/", needs(ADMINISTER, gate_views.deletion_allow), name="deletion-allow"),
    path("palette/", signed_in(palette.palette), name="palette"),
    path("palette.json", signed_in(palette.palette), {"kind": "json"}, name="palette-json"),
    path("find/", signed_in(finding.find), name="find"),
    path("preferences/", signed_in(web.preferences), name="preferences"),
    path("preferences/zone/", signed_in(web.zone_choice), name="zone-choice"),
    path("team/", administers(people.person_list), name="person-list"),
    path("team/people/add/", administers(people.person_add), name="person-add"),
    path(PERSON, administers(people.person), name="person"),
    path(PERSON + "give/", administers(people.role_give), name="role-give"),
    path(PERSON + "take/", administers(people.role_take), name="role-take"),
    path(PERSON + "switch/", administers(people.person_switch), name="person-switch"),
    path(PERSON + "link/", administers(people.password_link), name="password-link"),
    path(PERSON + "tokens/revoke/", administers(account.person_tokens_revoke), name="person-tokens-revoke"),
    path("team/roles/", administers(role_views.role_list), name="role-list"),
    path("team/roles/add/", administers(role_views.role_add), name="role-add"),
    path("team/roles/<int:role_id>/save/", administers(role_views.role_save), name="role-save"),
    path("team/roles/<int:role_id>/remove/", administers(role_views.role_remove), name="role-remove"),
    path("audit/", needs(ADMINISTER, audit_views.audit_list), name="audit-list"),
    path("audit.jsonl", needs(ADMINISTER, audit_views.audit_export), name="audit-export"),
    path("share/<token:token>/", open_to_all(share_link), name="share-link"),
    path("go/<log_id:log_id>", signed_in(finding.go), name="go"),
    path("account/tokens/", signed_in(account.token_list), name="token-list"),
    path("account/tokens/make/", signed_in(account.token_make), name="token-make"),
    path("account/tokens/<int:token_id>/revoke/", signed_in(account.token_revoke), name="token-revoke"),
    path("account/api/", signed_in(api_pages.api_reference), name="api-reference"),
    path(API + "openapi.json", open_to_all(api_pages.api_description), name="api-description"),
    path(API + "me", by_token((), api.me), name="api-me"),
    path(API + "gateways", by_token(SEE, api.gateway_list), name="api-gateway-list"),
    path(API_GATEWAY, by_token(SEE, api.gateway), name="api-gateway"),
    path(API_GATEWAY + "/logs", by_token(SEE, api.log_list), name="api-log-list"),
    path(API_GATEWAY + "/counts", by_token(SEE, api.count), name="api-count"),
    path(API_GATEWAY + "/views", by_token(SEE, api.view_list), name="api-view-list"),
    path(API_LOG, by_token(SEE, api.log), name="api-log"),
    path(API_LOG + "/<side:side>", by_token(READ, api.body), name="api-body"),
    path("password/<uidb64>/<token>/", open_to_all(ChoosePassword.as_view()), name="password-choose"),
    path("login/", open_to_all(SignIn.as_view()), name="login"),
    path("login/code/", open_to_all(entering.login_code), name="login-code"),
    path("login/oidc/", open_to_all(oidc.oidc_login), name="oidc-login"),
    path("login/oidc/callback/", open_to_all(oidc.oidc_callback), name="oidc-callback"),
    path("login/demo/", open_to_all(demo_sign_in), name="demo-sign-in"),
    path("logout/", open_to_all(auth.LogoutView.as_view()), name="logout"),
    path("account/", signed_in(own_pages.account), name="account"),
    path("account/confirm/", signed_in(confirming.account_confirm), name="account-confirm"),
    path("account/password/", signed_in(own_pages.account_password), name="account-password"),
    path("account/second-factor/", signed_in(second_factor.second_factor), name="second-factor"),
    path("account/second-factor/qr.svg", signed_in(second_factor.second_factor_qr), name="second-factor-qr"),
    path("account/second-factor/codes/", signed_in(second_factor.second_factor_codes), name="second-factor-codes"),
    path("account/second-factor/remove/", signed_in(second_factor.second_factor_remove), name="second-factor-remove"),
    path("account/sessions/<int:session_id>/end/", signed_in(sessions.session_end), name="session-end"),
    path("account/sessions/end/", signed_in(sessions.session_end_others), name="session-end-others"),
    path("healthz", open_to_all(web.healthz), name="healthz"),
    path("readyz", open_to_all(health.readyz), name="readyz"),
    path("metrics", open_to_all(metrics.metrics), name="metrics"),
]

# Under /api/ errors are JSON; elsewhere these are Django's own pages.
handler404 = answers.not_found
handler500 = answers.broken
