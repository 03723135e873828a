"""The addresses below /desk/care/clusters/."""

from django.urls import path

from lianfang.desk.views import cluster_alert, clusters

urlpatterns = [
    path("", clusters.board, name="desk-clusters"),
    path("rules/", clusters.rules, name="desk-clusters-rules"),
    path("heard/", clusters.heard, name="desk-clusters-heard"),
    path("clinic/", clusters.clinic, name="desk-clusters-clinic"),
    path("<int:pk>/", cluster_alert.alert, name="desk-cluster"),
    path("<int:pk>/take/", cluster_alert.take, name="desk-cluster-take"),
    path("<int:pk>/step/", cluster_alert.step, name="desk-cluster-step"),
    path("<int:pk>/told/", cluster_alert.told, name="desk-cluster-told"),
    path("<int:pk>/note/", cluster_alert.note, name="desk-cluster-note"),
    path("<int:pk>/close/", cluster_alert.close, name="desk-cluster-close"),
    path("<int:pk>/people/<int:row>/mistake/", cluster_alert.mistake, name="desk-cluster-mistake"),
    path("<int:pk>/draft.txt", cluster_alert.draft, name="desk-cluster-draft"),
]
