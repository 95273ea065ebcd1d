from django.urls import path

from . import views

app_name = "oversight"
urlpatterns = [
    path("ledger/", views.ledger, name="ledger"),
    path("ledger/cases.csv", views.download, name="download"),
    path("ledger/report/", views.monthly, name="report"),
    path("ledger/<int:pk>/", views.case, name="case"),
    path("ledger/<int:pk>/verdict/", views.judge, name="judge"),
    path("fairness/", views.fairness, name="fairness"),
    path("fairness.json", views.fairness_json, name="fairness-json"),
    path("fairness/<int:pk>/done/", views.see_to, name="see-to"),
]
