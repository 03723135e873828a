from django.urls import path

from lianfang.portal.views import account

urlpatterns = [
    path("", account.home, name="home"),
    path("login/", account.log_in, name="portal-login"),
    path("logout/", account.log_out, name="portal-logout"),
    path("activate/", account.activate, name="portal-activate"),
    path("language/", account.choose_language, name="portal-language"),
]
