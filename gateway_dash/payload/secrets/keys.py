"""Keys and tokens that say by their first letters what they are, of providers, clouds and services."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .found import Secret, is_no_key, looks_random

_W = "[A-Za-z0-9_-]"
_A = "[A-Za-z0-9]"
_H = "[a-f0-9]"

# Kind, what is shown in its place, how it begins, and how it goes on. The longer beginning stands first.
_TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("anthropic-key", "anthropic key", "sk-ant-", f"{_W}{{20,300}}"),
    ("openrouter-key", "openrouter key", "sk-or-", f"{_W}{{24,200}}"),
    ("langfuse-key", "langfuse key", "sk-lf-", f"{_W}{{24,80}}"),
    ("openai-key", "openai key", "sk-", rf"(?:proj|svcacct|admin|None)-{_W}{{20,400}}|{_A}{{20,128}}(?![A-Za-z0-9_])"),
    ("openai-key", "openai session", "sess-", f"{_A}{{36,64}}"),
    ("cerebras-key", "cerebras key", "csk-", f"{_A}{{36,80}}"),
    ("google-key", "google key", "AIza", f"{_W}{{35}}"),
    ("google-key", "google key", "AQ.Ab", f"{_W}{{40,200}}"),
    ("google-token", "google token", "ya29.", "[A-Za-z0-9_.-]{20,2000}"),
    ("google-secret", "google client secret", "GOCSPX-", f"{_W}{{24,40}}"),
    ("xai-key", "xai key", "xai-", f"{_A}{{40,128}}"),
    ("groq-key", "groq key", "gsk_", f"{_A}{{40,80}}"),
    ("huggingface-token", "hugging face token", "hf_", f"{_A}{{30,50}}"),
    ("huggingface-token", "hugging face token", "api_org_", f"{_A}{{30,50}}"),
    ("replicate-token", "replicate token", "r8_", f"{_A}{{30,50}}"),
    ("perplexity-key", "perplexity key", "pplx-", f"{_A}{{40,80}}"),
    ("fireworks-key", "fireworks key", "fw_", f"{_A}{{20,40}}"),
    ("nvidia-key", "nvidia key", "nvapi-", f"{_W}{{40,100}}"),
    ("together-key", "together key", "tgp_v1_", f"{_W}{{30,80}}"),
    ("tavily-key", "tavily key", "tvly-", f"{_W}{{20,80}}"),
    ("jina-key", "jina key", "jina_", f"{_W}{{40,100}}"),
    ("langsmith-key", "langsmith key", "lsv2_", f"(?:pt|sk)_{_A}{{32}}_{_A}{{8,16}}"),
    ("elevenlabs-key", "elevenlabs key", "sk_", f"{_H}{{40,64}}"),
    ("stripe-key", "stripe key", "sk_", f"(?:live|test|org)_{_A}{{16,250}}"),
    ("stripe-key", "stripe key", "rk_", f"(?:live|test)_{_A}{{16,250}}"),
    ("stripe-secret", "stripe webhook secret", "whsec_", "[A-Za-z0-9+/=]{24,100}"),
    ("aws-key-id", "aws access key id", "AKIA", "[A-Z2-7]{16}"),
    ("aws-key-id", "aws access key id", "ASIA", "[A-Z2-7]{16}"),
    ("aws-bedrock-key", "aws bedrock key", "ABSK", "[A-Za-z0-9+/=]{90,300}"),
    ("gateway-dash-token", "gateway dash token", "gwd_", f"{_A}{{43}}(?![A-Za-z0-9_-])"),
    ("cloudflare-token", "cloudflare token", "cfut_", f"{_W}{{30,80}}"),
    ("cloudflare-token", "cloudflare token", "cfat_", f"{_W}{{30,80}}"),
    ("cloudflare-token", "cloudflare key", "cfk_", f"{_W}{{30,80}}"),
    ("cloudflare-token", "cloudflare origin key", "v1.0-", f"{_H}{{24}}-{_H}{{100,200}}"),
    ("github-token", "github token", "ghp_", f"{_A}{{30,255}}"),
    ("github-token", "github token", "gho_", f"{_A}{{30,255}}"),
    ("github-token", "github token", "ghu_", f"{_A}{{30,255}}"),
    ("github-token", "github token", "ghs_", "[A-Za-z0-9_.-]{30,600}"),
    ("github-token", "github token", "ghr_", f"{_A}{{30,255}}"),
    ("github-token", "github token", "github_pat_", "[A-Za-z0-9_]{30,255}"),
    ("gitlab-token", "gitlab token", "gl", r"(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat)-[A-Za-z0-9_.-]{20,300}"),
    ("slack-token", "slack token", "xox", rf"[abceoprs](?:\.[a-z]+)?-{_W}{{10,250}}"),
    ("slack-token", "slack token", "xapp-", f"{_W}{{20,250}}"),
    ("twilio-key", "twilio key", "SK", f"{_H}{{32}}(?![A-Za-z0-9])"),
    ("sendgrid-key", "sendgrid key", "SG.", rf"{_W}{{16,32}}\.{_W}{{32,64}}"),
    ("mailgun-key", "mailgun key", "key-", f"{_H}{{32}}(?![A-Za-z0-9])"),
    ("brevo-key", "brevo key", "xkeysib-", f"{_W}{{60,100}}"),
    ("resend-key", "resend key", "re_", f"{_A}{{8}}_{_A}{{20,32}}"),
    ("npm-token", "npm token", "npm_", f"{_A}{{36}}"),
    ("pypi-token", "pypi token", "pypi-", f"{_W}{{50,300}}"),
    ("docker-token", "docker token", "dckr_", f"[po]at_{_W}{{20,80}}"),
    ("digitalocean-token", "digitalocean token", "do", f"[por]_v1_{_H}{{64}}"),
    ("linear-key", "linear key", "lin_", f"(?:api|oauth)_{_A}{{32,80}}"),
    ("notion-token", "notion token", "ntn_", f"{_A}{{40,60}}"),
    ("notion-token", "notion token", "secret_", f"{_A}{{43}}(?![A-Za-z0-9])"),
    ("shopify-token", "shopify token", "shp", "(?:at|ca|pa|ss|tka)_[a-fA-F0-9]{32}"),
    ("square-token", "square token", "sq0", f"(?:atp|csp|idp)-{_W}{{20,60}}"),
    ("square-token", "square token", "EAAA", f"{_W}{{56,100}}"),
    ("meta-token", "meta token", "EAA", f"{_A}{{90,300}}"),
    ("supabase-key", "supabase key", "sbp_", f"{_H}{{40}}"),
    ("supabase-key", "supabase key", "sb_secret_", f"{_W}{{20,80}}"),
    ("vercel-token", "vercel token", "vc", f"[pciark]_{_A}{{24,80}}"),
    ("databricks-token", "databricks token", "dapi", rf"{_H}{{32}}(?:-\d)?"),
    ("datadog-key", "datadog key", "dd", f"(?:api|app|pat)_{_W}{{30,80}}"),
    ("vault-token", "vault token", "hv", rf"[sbr]\.{_W}{{24,300}}"),
    ("terraform-token", "terraform token", "atlasv1.", f"{_A}{{40,100}}"),
    ("grafana-token", "grafana token", "glsa_", f"{_A}{{32}}_{_H}{{8}}"),
    ("grafana-token", "grafana token", "glc_", "[A-Za-z0-9+/=]{32,400}"),
    ("newrelic-key", "new relic key", "NRAK-", f"{_A}{{24,32}}"),
    ("postman-key", "postman key", "PMAK-", f"{_H}{{24}}-{_H}{{34}}"),
    ("pulumi-token", "pulumi token", "pul-", f"{_H}{{40}}"),
    ("doppler-token", "doppler token", "dp.", rf"(?:pt|st|ct|sa|scim|audit)\.{_W}{{36,80}}"),
    ("rubygems-key", "rubygems key", "rubygems_", f"{_H}{{48}}"),
    ("sentry-token", "sentry token", "sntry", "[su]_[A-Za-z0-9+/=_-]{40,400}"),
    ("atlassian-token", "atlassian token", "ATATT3", "[A-Za-z0-9_=-]{60,250}"),
    ("figma-token", "figma token", "figd_", f"{_W}{{36,60}}"),
    ("airtable-token", "airtable token", "pat", rf"{_A}{{14}}\.{_H}{{64}}"),
    ("planetscale-token", "planetscale token", "pscale_", r"(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{30,80}"),
    ("heroku-key", "heroku key", "HRKU-", f"{_W}{{36,80}}"),
    ("netlify-token", "netlify token", "nfp_", f"{_A}{{36,60}}"),
    ("fly-token", "fly token", "fo1_", f"{_W}{{40,60}}"),
    ("fly-token", "fly token", "fm2_", "[A-Za-z0-9+/=_-]{60,1000}"),
    ("render-key", "render key", "rnd_", f"{_A}{{24,48}}"),
    ("posthog-key", "posthog key", "phx_", f"{_A}{{40,60}}"),
    ("contentful-token", "contentful token", "CFPAT-", f"{_W}{{40,60}}"),
    ("dropbox-token", "dropbox token", "sl.", f"{_W}{{120,1500}}"),
    ("alibaba-key-id", "alibaba access key id", "LTAI", f"{_A}{{16,24}}(?![A-Za-z0-9])"),
    ("mapbox-token", "mapbox token", "sk.eyJ", rf"{_W}{{20,200}}\.{_W}{{20,40}}"),
    ("age-key", "age key", "AGE-SECRET-KEY-1", "[A-Z0-9]{58}"),
    ("1password-token", "1password token", "ops_eyJ", "[A-Za-z0-9+/=_-]{100,1500}"),
    ("jwt", "jwt", "eyJ", rf"{_W}{{8,4000}}\.eyJ{_W}{{8,8000}}\.{_W}{{0,2000}}"),
    ("jwt", "encrypted jwt", "eyJ", rf"{_W}{{8,4000}}\.{_W}{{0,2000}}(?:\.{_W}{{8,8000}}){{3}}"),
    ("azure-key", "azure openai key", "", rf"{_A}{{44,56}}JQQJ99{_A}{{20,30}}"),
    ("azure-secret", "azure client secret", "", r"[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,36}"),
    ("mailchimp-key", "mailchimp key", "", rf"{_H}{{32}}-us\d{{1,2}}(?![A-Za-z0-9])"),
    ("mailgun-key", "mailgun key", "", f"{_H}{{32}}-{_H}{{8}}-{_H}{{8}}(?![A-Za-z0-9-])"),
    ("discord-token", "discord token", "", rf"[MNO]{_W}{{23,27}}\.{_W}{{6}}\.{_W}{{27,40}}(?![A-Za-z0-9_.-])"),
    ("slack-webhook", "slack webhook", "hooks.slack.com/", r"(?:services|workflows|triggers)/[A-Za-z0-9_/-]{20,120}"),
    ("discord-webhook", "discord webhook", "discord.com/api/webhooks/", rf"\d{{15,22}}/{_W}{{40,100}}"),
    ("discord-webhook", "discord webhook", "discordapp.com/api/webhooks/", rf"\d{{15,22}}/{_W}{{40,100}}"),
)  # fmt: skip

_SHORTEST = 16
# What a key is made of. Nearly all of a text lies in shorter stretches, which are passed over at once.
_STRETCH = re.compile(rf"[A-Za-z0-9_+/=.~-]{{{_SHORTEST},}}")
_RULES = [(kind, label, begin, re.compile(re.escape(begin) + f"(?:{rest})")) for kind, label, begin, rest in _TABLE]
_BY_BEGIN = {rule[2]: [each for each in _RULES if each[2] == rule[2]] for rule in _RULES if rule[2]}
_BEGIN = re.compile(
    r"(?<![A-Za-z0-9])(?:" + "|".join(re.escape(each) for each in sorted(_BY_BEGIN, key=len, reverse=True)) + ")"
)
_BARE_RULES = [rule for rule in _RULES if not rule[2]]
_BARE = re.compile(r"(?<![A-Za-z0-9_.~-])(?:" + "|".join(f"({rule[3].pattern})" for rule in _BARE_RULES) + ")")
_BARE_HAS = re.compile(r"-|\.|~|JQQJ99")  # base64, the longest of all stretches, has none of them
_TELEGRAM = re.compile(r"(?<![A-Za-z0-9])\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])")
_WORDY = frozenset(
    {"slack-webhook", "jwt", "aws-key-id", "age-key", "gateway-dash-token"}
)  # their form alone is proof enough


def find_keys(text: str) -> Iterator[Secret]:
    """Keys with a form of their own."""
    for stretch in _STRETCH.finditer(text):
        if stretch[0].replace(".", "", 1).isdecimal():
            continue  # a number: vectors hold tens of thousands of them
        yield from _begun(text, *stretch.span())
        if _BARE_HAS.search(text, *stretch.span()):
            for match in _BARE.finditer(text, *stretch.span()):
                kind, label, *_ = _BARE_RULES[(match.lastindex or 1) - 1]
                yield Secret(match.start(), match.end(), kind, label)
    at = text.find(":AA")
    while at >= 0:
        if token := _TELEGRAM.search(text, max(0, at - 10), at + 37):
            yield Secret(token.start(), token.end(), "telegram-token", "telegram bot token")
        at = text.find(":AA", at + 1)


def _begun(text: str, at: int, end: int) -> Iterator[Secret]:
    """The keys of a stretch that are known by how they begin."""
    while begin := _BEGIN.search(text, at, end):
        at = begin.end()
        for kind, label, _, pattern in _BY_BEGIN[begin[0]]:
            if kind == "jwt" and text.find(".", at, at + 4001) < 0:
                continue  # asked first: to match and to fail could take 4000 steps at each place
            match = pattern.match(text, begin.start())
            if match and _is_key(kind, text[begin.end() : match.end()]):
                yield Secret(match.start(), match.end(), kind, label)
                at = match.end()
                break


def _is_key(kind: str, rest: str) -> bool:
    return kind in _WORDY or (not is_no_key(rest) and looks_random(rest))
