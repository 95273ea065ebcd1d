from django.urls import path

from . import views

app_name = "scheduling"
urlpatterns = [
    path("", views.openings, name="openings"),
    path("book/", views.book, name="book"),
    path("<uuid:pk>/", views.appointment, name="appointment"),
    path("<uuid:pk>/cancel/", views.cancel, name="cancel"),
]
