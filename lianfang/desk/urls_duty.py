"""The addresses below /desk/duty/."""

from django.urls import path

from lianfang.desk.views import duty_book, duty_drills, duty_month, duty_now, duty_shift

urlpatterns = [
    path("", duty_now.now, name="desk-duty"),
    path("phone/<int:pk>/", duty_now.phone, name="desk-duty-phone"),
    path("unit/<int:pk>/", duty_month.month, name="desk-duty-month"),
    path("unit/<int:pk>/add/", duty_month.add, name="desk-duty-add"),
    path("unit/<int:pk>/cover/", duty_month.cover, name="desk-duty-cover"),
    path("unit/<int:pk>/rotation/", duty_month.rotate, name="desk-duty-rotation"),
    path("unit/<int:pk>/plan/", duty_month.plan, name="desk-duty-plan"),
    path("unit/<int:pk>/book/", duty_book.book, name="desk-duty-book"),
    path("cover/<int:pk>/end/", duty_month.end_cover, name="desk-duty-cover-end"),
    path("rotation/<int:pk>/end/", duty_month.end_rotation, name="desk-duty-rotation-end"),
    path("check/", duty_month.check, name="desk-duty-check"),
    path("shift/<int:pk>/", duty_shift.shift, name="desk-duty-shift"),
    path("shift/<int:pk>/check-in/", duty_shift.check_in, name="desk-duty-check-in"),
    path("shift/<int:pk>/move/", duty_shift.move, name="desk-duty-move"),
    path("shift/<int:pk>/stand-in/", duty_shift.stand_in, name="desk-duty-stand-in"),
    path("shift/<int:pk>/remove/", duty_shift.remove, name="desk-duty-remove"),
    path("shift/<int:pk>/hand-over/", duty_shift.hand_over, name="desk-duty-hand-over"),
    path("shift/<int:pk>/swap/", duty_shift.ask, name="desk-duty-swap-ask"),
    path("swaps/", duty_shift.swaps, name="desk-duty-swaps"),
    path("swaps/<int:pk>/", duty_shift.settle, name="desk-duty-swap-settle"),
    path("log/<int:pk>/settle/", duty_book.settle, name="desk-duty-log-settle"),
    path("handover/<int:pk>/", duty_book.hand_over, name="desk-duty-handover"),
    path("handover/<int:pk>/sign/", duty_book.sign, name="desk-duty-handover-sign"),
    path("drills/", duty_drills.all_drills, name="desk-duty-drills"),
    path("drills/<int:pk>/", duty_drills.drill, name="desk-duty-drill"),
    path("drills/call/<int:pk>/", duty_drills.ring, name="desk-duty-drill-ring"),
    path("reach/", duty_drills.reach, name="desk-duty-reach"),
    path("facts/", duty_drills.facts, name="desk-duty-facts"),
    path("facts/<int:pk>/reply/", duty_drills.reply, name="desk-duty-fact-reply"),
    path("feeds/", duty_drills.feeds, name="desk-duty-feeds"),
    path("feeds/<int:pk>/revoke/", duty_drills.revoke, name="desk-duty-feed-revoke"),
]
