from django.urls import path

from . import views

app_name = "messaging"
urlpatterns = [
    path("link/", views.again, name="again"),
    path("push/", views.subscribe, name="subscribe"),
    path("push/stop/", views.unsubscribe, name="unsubscribe"),
    path("worker.js", views.worker, name="worker"),  # at the root, so that it may speak for every page
]
