"""The table of contents. These addresses are a promise: links live in tickets for years."""

from django.contrib.auth import views as auth
from django.urls import path, register_converter

from gateway_dash.bulk import annotate_views, archive_views, gate_views, job_views, keep_views, plan_views
from gateway_dash.bulk import downloads as bulk_downloads
from gateway_dash.bulk import views as bulk
from gateway_dash.bulk.exporting import views as exporting
from gateway_dash.bulk.retention import views as retention
from gateway_dash.bulk.review import making, one
from gateway_dash.bulk.review import pages as reviews
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
    tree,
    twins,
)
from gateway_dash.logs import views as logs
from gateway_dash.sharing import views as sharing
from gateway_dash.signin import confirming, entering, oidc, second_factor, sessions
from gateway_dash.signin import pages as own_pages
from gateway_dash.team.views import SignIn
from gateway_dash.web import views as web


class GatewayName:
    """A gateway's id, as the API's schema has it. Anything else is a 404 that asks nobody."""

    regex = r"(?=[a-z0-9_-]{1,64}/)[a-z0-9_]+(?:-[a-z0-9_]+)*"

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


class Side(GatewayName):
    """One of the two bodies."""

    regex = r"request|response"


register_converter(GatewayName, "gateway")
register_converter(LogId, "log_id")
register_converter(JobKey, "job")
register_converter(FileName, "file")
register_converter(Side, "side")

GATEWAY = "gateways/<gateway:gateway>/"
JOB = GATEWAY + "jobs/<job:key>/"
RETENTION = GATEWAY + "retention/"
REVIEW = GATEWAY + "reviews/<job:key>/"
LOG = GATEWAY + "logs/<log_id:log_id>/"

urlpatterns = [
    path("", gateways.home, name="home"),
    path("gateways/", gateways.gateway_list, name="gateway-list"),
    path("logs/", all_logs.all_log_list, name="all-log-list"),
    path(GATEWAY, sharing.gateway_open, name="gateway-open"),
    path(GATEWAY + "views/", sharing.view_list, name="view-list"),
    path(GATEWAY + "views/save/", sharing.view_save, name="view-save"),
    path(GATEWAY + "views/default/", sharing.view_default, name="view-default"),
    path(GATEWAY + "views/<int:view_id>/rename/", sharing.view_rename, name="view-rename"),
    path(GATEWAY + "views/<int:view_id>/delete/", sharing.view_delete, name="view-delete"),
    path(GATEWAY + "searches/forget/", sharing.search_forget, name="search-forget"),
    path(GATEWAY + "logs/", logs.log_list, name="log-list"),
    *(
        path(f"{GATEWAY}logs.{kind}", logs.log_export, {"kind": kind}, name=f"log-list-{kind}")
        for kind in ("json", "csv", "jsonl")
    ),
    path(GATEWAY + "logs/complete/", completion.log_complete, name="log-complete"),
    path(GATEWAY + "logs/compare/", compare.log_compare, name="log-compare"),
    path(GATEWAY + "logs/counts/histogram/", counts.count_histogram, name="count-histogram"),
    path(GATEWAY + "logs/counts/facet/", counts.count_facet, name="count-facet"),
    path(GATEWAY + "logs/counts/ranges/", counts.count_ranges, name="count-ranges"),
    path(GATEWAY + "logs/counts/newer/", counts.count_newer, name="count-newer"),
    path(GATEWAY + "logs/selection/", selection.log_select, name="log-select"),
    path(GATEWAY + "logs/delete/preview/", bulk.delete_preview, name="delete-preview"),
    path(GATEWAY + "logs/export/", exporting.export_plan, name="export-plan"),
    path(GATEWAY + "logs/annotate-many/", annotate_views.annotate_many, name="annotate-many"),
    path(GATEWAY + "logs/annotate-many/plan/", annotate_views.annotate_plan, name="annotate-plan"),
    path(JOB + "annotate/", annotate_views.annotate_start, name="annotate-start"),
    path(JOB + "undo/", annotate_views.annotate_undo, name="annotate-undo"),
    path(GATEWAY + "jobs/", job_views.job_list, name="job-list"),
    path(JOB, job_views.job, name="job"),
    path(JOB + "archive/", archive_views.job_archive, name="job-archive"),
    path(JOB + "archive/<int:number>", archive_views.job_archive_file, name="job-archive-file"),
    path(JOB + "archive/<log_id:log_id>/", archive_views.job_archived, name="job-archived"),
    path(JOB + "receipt.json", archive_views.job_receipt, name="job-receipt"),
    path(JOB + "confirm/", plan_views.job_confirm, name="job-confirm"),
    path(JOB + "approve/", plan_views.job_approve, name="job-approve"),
    path(JOB + "go-on/", plan_views.job_go_on, name="job-go-on"),
    path(JOB + "files/<file:name>", bulk_downloads.job_file, name="job-file"),
    path(JOB + "stop/", job_views.job_stop, name="job-stop"),
    path(RETENTION, retention.retention_list, name="retention-list"),
    path(RETENTION + "add/", retention.retention_add, name="retention-add"),
    path(RETENTION + "<int:rule_id>/", retention.retention_edit, name="retention-edit"),
    path(RETENTION + "<int:rule_id>/save/", retention.retention_save, name="retention-save"),
    path(RETENTION + "<int:rule_id>/switch/", retention.retention_switch, name="retention-switch"),
    path(RETENTION + "<int:rule_id>/remove/", retention.retention_remove, name="retention-remove"),
    path(GATEWAY + "reviews/", reviews.review_list, name="review-list"),
    path(GATEWAY + "reviews/start/", making.review_start, name="review-start"),
    path(REVIEW, reviews.review, name="review"),
    path(REVIEW + "summary/", reviews.review_summary, name="review-summary"),
    path(REVIEW + "verdicts.csv", reviews.review_csv, name="review-csv"),
    path(REVIEW + "logs/<log_id:log_id>/", one.review_log, name="review-log"),
    path(REVIEW + "logs/<log_id:log_id>/save/", one.review_save, name="review-save"),
    path(REVIEW + "logs/<log_id:log_id>/claim/", one.review_claim, name="review-claim"),
    path(LOG, pages.log_detail, name="log-detail"),
    path(LOG + "conversation/", pages.log_conversation, name="log-conversation"),
    path(LOG + "conversation.md", pages.log_markdown, name="log-markdown"),
    path(LOG + "raw/", pages.log_raw, name="log-raw"),
    path(LOG + "repro/", repro.log_repro, name="log-repro"),
    path(LOG + "peek/", peek.log_peek, name="log-peek"),
    path(LOG + "place/", peek.log_place, name="log-place"),
    path(LOG + "around/", around.log_around, name="log-around"),
    path(LOG + "tree/", tree.log_tree, name="log-tree"),
    path(LOG + "attempts/", attempts.log_attempts, name="log-attempts"),
    path(LOG + "twins/", twins.log_twins, name="log-twins"),
    path(LOG + "keep/", keep_views.log_keep, name="log-keep"),
    path(LOG + "annotate/", annotate.log_annotate, name="log-annotate"),
    path(LOG + "<side:side>", downloads.log_download, name="log-download"),
    path(LOG + "<side:side>/reveal/", reveal.log_reveal, name="log-reveal"),
    path(LOG + "<side:side>/part/", logs.log_body, name="log-body"),
    path(LOG + "<side:side>/media/", media.log_media, name="log-media"),
    path("deletion/", gate_views.deletion_gates, name="deletion-gates"),
    path("deletion/stop/", gate_views.deletion_stop, name="deletion-stop"),
    path("deletion/allow/", gate_views.deletion_allow, name="deletion-allow"),
    path("palette/", palette.palette, name="palette"),
    path("palette.json", palette.palette, {"kind": "json"}, name="palette-json"),
    path("find/", finding.find, name="find"),
    path("preferences/", web.preferences, name="preferences"),
    path("preferences/zone/", web.zone_choice, name="zone-choice"),
    path("login/", SignIn.as_view(), name="login"),
    path("login/code/", entering.login_code, name="login-code"),
    path("login/oidc/", oidc.oidc_login, name="oidc-login"),
    path("login/oidc/callback/", oidc.oidc_callback, name="oidc-callback"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("account/", own_pages.account, name="account"),
    path("account/confirm/", confirming.account_confirm, name="account-confirm"),
    path("account/password/", own_pages.account_password, name="account-password"),
    path("account/second-factor/", second_factor.second_factor, name="second-factor"),
    path("account/second-factor/qr.svg", second_factor.second_factor_qr, name="second-factor-qr"),
    path("account/second-factor/codes/", second_factor.second_factor_codes, name="second-factor-codes"),
    path("account/second-factor/remove/", second_factor.second_factor_remove, name="second-factor-remove"),
    path("account/sessions/<int:session_id>/end/", sessions.session_end, name="session-end"),
    path("account/sessions/end/", sessions.session_end_others, name="session-end-others"),
    path("healthz", web.healthz, name="healthz"),
]
