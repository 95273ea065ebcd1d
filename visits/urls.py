from django.urls import path

from . import views

app_name = "visits"
urlpatterns = [
    path("v/<str:token>/", views.link, name="link"),
    path("visit/<uuid:pk>/leave/", views.leave, name="leave"),
    path("visit/<uuid:pk>/person/", views.ask_for_person, name="ask-for-person"),
    path("visit/<uuid:pk>/qr.svg", views.qr, name="qr"),
]
