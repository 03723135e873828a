"""The addresses below /desk/care/contacts/."""

from django.urls import path

from lianfang.desk.views import contact_packages, contact_visits, contacts, contacts_chain

urlpatterns = [
    path("", contacts.contacts, name="desk-contacts"),
    path("open/", contacts.open_case, name="desk-contacts-open"),
    path("chain/", contacts_chain.chain, name="desk-contacts-chain"),
    path("visits/", contact_visits.visits, name="desk-contacts-visits"),
    path("visits/<int:pk>/", contact_visits.settle, name="desk-contacts-visit"),
    path("visits/<int:pk>/phone/", contact_visits.phone, name="desk-contacts-phone"),
    path("packages/<int:pk>/", contact_packages.package, name="desk-contacts-package"),
    path("packages/<int:pk>/file/", contact_packages.file, name="desk-contacts-file"),
    path("one/<int:pk>/end/", contacts.end, name="desk-contacts-end"),
    path("<int:pk>/", contacts.case, name="desk-contacts-case"),
    path("<int:pk>/decide/", contacts.decide, name="desk-contacts-decide"),
    path("<int:pk>/name/", contacts.name, name="desk-contacts-name"),
    path("<int:pk>/window/", contacts.window, name="desk-contacts-window"),
    path("<int:pk>/link/", contacts.link, name="desk-contacts-link"),
    path("<int:pk>/close/", contacts.close, name="desk-contacts-close"),
    path("<int:pk>/list/", contact_packages.take_list, name="desk-contacts-list"),
    path("<int:pk>/team/", contact_visits.team, name="desk-contacts-team"),
    path("<int:pk>/package/", contact_packages.ask, name="desk-contacts-ask"),
]
