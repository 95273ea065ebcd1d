from django.urls import path

from . import views

app_name = "messaging"
urlpatterns = [path("link/", views.again, name="again")]
