from django.urls import path

from . import views

app_name = "scheduling"
urlpatterns = [
    path("", views.clinics, name="openings"),
    path("mine/", views.mine, name="mine"),
    path("mine/<uuid:pk>/", views.appointment, name="appointment"),
    path("mine/<uuid:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:clinic>/", views.doctors, name="doctors"),
    path("<int:clinic>/<int:doctor>/", views.times, name="times"),
    path("<int:clinic>/<int:doctor>/book/", views.book, name="book"),
]
