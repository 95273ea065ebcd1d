from django.urls import path

from . import views

app_name = "triage"
urlpatterns = [path("visit/<uuid:pk>/level/", views.override, name="override")]
