from django.urls import path

from . import views

app_name = "people"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("<int:patient>/", views.of_patient, name="of-patient"),
    path("take/<str:token>/", views.take, name="take"),
    path("grant/<int:pk>/end/", views.end, name="end"),
]
