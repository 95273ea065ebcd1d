from django.urls import path

from . import views

app_name = "api"
urlpatterns = [
    path("token/", views.TokenView.as_view(), name="token"),
    path("intakes/", views.IntakeView.as_view(), name="intakes"),
    path("queue/", views.QueueView.as_view(), name="queue"),
    path("visits/<uuid:pk>/", views.VisitView.as_view(), name="visit"),
]
