"""The addresses below /desk/care/quarantine/."""

from django.urls import path

from lianfang.desk.views import quarantine, quarantine_house

urlpatterns = [
    path("", quarantine.orders, name="desk-quarantine"),
    path("new/", quarantine.new, name="desk-quarantine-new"),
    path("rooms/", quarantine_house.rooms, name="desk-quarantine-rooms"),
    path("needs/", quarantine_house.needs, name="desk-quarantine-needs"),
    path("needs/<int:pk>/", quarantine_house.need, name="desk-quarantine-need"),
    path("cleaning/", quarantine_house.cleaning, name="desk-quarantine-cleaning"),
    path("beds/<int:pk>/", quarantine_house.bed, name="desk-quarantine-bed"),
    path("houses/", quarantine_house.houses, name="desk-quarantine-houses"),
    path("houses/<int:pk>/keeper/", quarantine_house.keeper, name="desk-quarantine-keeper"),
    path("<int:pk>/", quarantine.order, name="desk-quarantine-order"),
    path("<int:pk>/served/", quarantine.serve, name="desk-quarantine-serve"),
    path("<int:pk>/end-day/", quarantine.move_end, name="desk-quarantine-move-end"),
    path("<int:pk>/paper/", quarantine.paper, name="desk-quarantine-paper"),
    path("<int:pk>/check/", quarantine.check, name="desk-quarantine-check"),
    path("<int:pk>/explain/", quarantine.explain, name="desk-quarantine-explain"),
    path("<int:pk>/bed/", quarantine.bed, name="desk-quarantine-order-bed"),
    path("<int:pk>/need/", quarantine.need, name="desk-quarantine-ask"),
    path("<int:pk>/release/", quarantine.release, name="desk-quarantine-release"),
    path("<int:pk>/end/", quarantine.end, name="desk-quarantine-end"),
]
