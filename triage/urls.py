from django.urls import path

from . import views

app_name = "triage"
urlpatterns = [
    path("visit/<uuid:pk>/level/", views.override, name="override"),
    path("visit/<uuid:pk>/outcome/", views.outcome, name="outcome"),
    path("visit/<uuid:pk>/how-are-you/", views.look_again, name="look-again"),
]
