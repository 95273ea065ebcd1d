from django.urls import path

from . import views

app_name = "records"
urlpatterns = [
    path("note/<int:pk>/draft/", views.draft, name="draft"),
    path("note/<int:pk>/sign/", views.sign, name="sign"),
    path("note/<int:pk>/amend/", views.amend, name="amend"),
    path("note/<int:pk>/", views.edit, name="edit"),
    path("visit/<uuid:pk>/summary/", views.summary, name="summary"),
]
