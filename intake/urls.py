from django.urls import path

from . import views

app_name = "intake"
urlpatterns = [
    path("start/", views.start, name="start"),
    path("visit/<uuid:pk>/intake/", views.resume, name="resume"),
    path("visit/<uuid:pk>/intake/send/", views.send, name="send"),
    path("visit/<uuid:pk>/intake/<slug:step>/", views.step, name="step"),
    path("photo/<uuid:pk>/", views.photo, name="photo"),
]
