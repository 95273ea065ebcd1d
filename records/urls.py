from django.urls import path

from . import finish_views, paper_views, phrase_views, views
from .models import Letter, MedicationRequest

app_name = "records"
urlpatterns = [
    path("note/<int:pk>/draft/", views.draft, name="draft"),
    path("note/<int:pk>/sign/", views.sign, name="sign"),
    path("note/<int:pk>/amend/", views.amend, name="amend"),
    path("note/<int:pk>/review/", finish_views.review, name="review"),
    path("note/<int:pk>/sign-all/", finish_views.sign_all, name="sign-all"),
    path("note/<int:pk>/insert/", phrase_views.insert, name="insert"),
    path("note/<int:pk>/", views.edit, name="edit"),
    path("phrases/", phrase_views.own, name="phrases"),
    path("phrases/<int:pk>/", phrase_views.change, name="phrase"),
    path("phrases/<int:pk>/remove/", phrase_views.remove, name="phrase-remove"),
    path("medicine/<int:pk>/take-back/", paper_views.take_back, name="take-back"),
    path("medicine/<int:pk>/cancel/", paper_views.cancel, {"kind": MedicationRequest}, name="cancel-medicine"),
    path("letter/<int:pk>/cancel/", paper_views.cancel, {"kind": Letter}, name="cancel-letter"),
    path("letter/<int:pk>/drop/", paper_views.drop_letter, name="drop-letter"),
    path("visit/<uuid:pk>/prescribe/", paper_views.prescribe, name="prescribe"),
    path("visit/<uuid:pk>/write/<slug:kind>/", paper_views.begin_letter, name="begin-letter"),
    path("visit/<uuid:pk>/prescription/", paper_views.prescription, name="prescription"),
    path("visit/<uuid:pk>/letter/<int:letter>/", paper_views.letter, name="letter"),
    path("visit/<uuid:pk>/summary/", views.summary, name="summary"),
]
