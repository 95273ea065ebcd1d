"""All addresses of Naru, in the order in which a patient meets them."""

from django.conf import settings
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from desk.views import patient as patient_pages

from . import metrics, views

urlpatterns = [
    path("", views.front, name="front"),
    path("home/", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("metrics", metrics.page, name="metrics"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("account/", include("allauth.urls")),
    path("people/", include("accounts.urls")),
    path("booking/", include("scheduling.urls")),
    path("", include("visits.urls")),
    path("", include("messaging.urls")),
    path("visit/<uuid:pk>/", patient_pages.visit, name="visit"),
    path("", include("intake.urls")),
    path("", include("triage.urls")),
    path("", include("video.urls")),
    path("", include("records.urls")),
    path("desk/", include("desk.urls")),
    path("", include("oversight.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/", include("api.urls")),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", include("telehealth.demo.urls")))
