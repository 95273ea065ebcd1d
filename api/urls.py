from django.urls import path

from . import views

app_name = "api"
urlpatterns = [
    path("token/", views.GetToken.as_view(), name="token"),
    path("intakes/", views.Intakes.as_view(), name="intakes"),
    path("queue/", views.Queue.as_view(), name="queue"),
    path("visits/<uuid:pk>/", views.OneVisit.as_view(), name="visit"),
]
