from django.urls import path

from lianfang.portal.views import account, answer, confirm, drill, health, mine, quarantine, report

urlpatterns = [
    path("", account.home, name="home"),
    path("login/", account.log_in, name="portal-login"),
    path("logout/", account.log_out, name="portal-logout"),
    path("activate/", account.activate, name="portal-activate"),
    path("language/", account.choose_language, name="portal-language"),
    path("report/", report.report, name="portal-report"),
    path("report/<slug:day>/", report.report, name="portal-report-day"),
    path("report/receipt/<slug:receipt>/", report.receipt, name="portal-receipt"),
    path("report/receipt/<slug:receipt>/told/", report.receipt_told, name="portal-receipt-told"),
    path("areas/", report.areas, name="portal-areas"),
    path("places/", report.division_children, name="portal-places"),
    path("places/<slug:code>/", report.division_children, name="portal-places-below"),
    path("a/<str:token>/", answer.answer, name="portal-answer"),
    path("k/<str:token>/", confirm.confirm, name="portal-confirm"),
    path("d/", drill.by_code, name="portal-drill-code"),
    path("d/<str:token>/", drill.answer, name="portal-drill"),
    path("duty/<str:token>.ics", drill.feed, name="portal-duty-feed"),
    path("me/", mine.me, name="portal-me"),
    path("me/looks/", mine.looks, name="portal-looks"),
    path("me/password/", mine.password, name="portal-password"),
    path("me/texts/", mine.want_texts, name="portal-texts"),
    path("me/quarantine/", quarantine.mine, name="portal-quarantine"),
    path("me/quarantine/check/", quarantine.check, name="portal-quarantine-check"),
    path("me/quarantine/need/", quarantine.need, name="portal-quarantine-need"),
    path("me/quarantine/release/", quarantine.release, name="portal-quarantine-release"),
    path("messages/", mine.letters, name="portal-messages"),
    path("messages/read/", mine.letters_read, name="portal-messages-read"),
    path("healthz", health.health, name="healthz"),
]
