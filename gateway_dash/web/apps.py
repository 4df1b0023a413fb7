from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "gateway_dash.web"
    label = "web"
    verbose_name = "Pages"
