"""The addresses below /desk/directives/: directives, matters to settle, the work plan."""

from django.urls import path

from lianfang.desk.views import (
    directives,
    directives_draft,
    directives_items,
    directives_plan,
)

urlpatterns = [
    path("", directives.directives, name="desk-directives"),
    path("new/", directives_draft.new, name="desk-directive-new"),
    path("<int:pk>/", directives.directive, name="desk-directive"),
    path("<int:pk>/relay/", directives.relay, name="desk-directive-relay"),
    path("<int:pk>/answers/", directives.answers, name="desk-directive-answers"),
    path("<int:pk>/edit/", directives_draft.edit, name="desk-directive-edit"),
    path("<int:pk>/sign/", directives_draft.sign, name="desk-directive-sign"),
    path("<int:pk>/withdraw/", directives_draft.withdraw, name="desk-directive-withdraw"),
    path("receipts/<int:pk>/acknowledge/", directives.acknowledge, name="desk-receipt-acknowledge"),
    path("receipts/<int:pk>/relay/", directives.pass_on, name="desk-receipt-relay"),
    path("receipts/<int:pk>/feedback/", directives.feed_back, name="desk-receipt-feedback"),
    path("feedbacks/<int:pk>/judge/", directives.judge, name="desk-feedback-judge"),
    path("items/", directives_items.items, name="desk-items"),
    path("items/new/", directives_items.new, name="desk-item-new"),
    path("items/<int:pk>/", directives_items.item, name="desk-item"),
    path("items/<int:pk>/report/", directives_items.report, name="desk-item-report"),
    path("items/<int:pk>/check/", directives_items.check, name="desk-item-check"),
    path("items/<int:pk>/reopen/", directives_items.reopen, name="desk-item-reopen"),
    path("items/<int:pk>/extend/", directives_items.extend, name="desk-item-extend"),
    path("plan/", directives_plan.plan, name="desk-plan"),
    path("plan/edit/", directives_plan.edit, name="desk-plan-edit"),
    path("plan/adopt/", directives_plan.adopt, name="desk-plan-adopt"),
    path("plan/activate/", directives_plan.activate, name="desk-plan-activate"),
    path("plan/groups/", directives_plan.set_up_groups, name="desk-plan-groups"),
    path("plan/versions/<int:number>/", directives_plan.version, name="desk-plan-version"),
    path("files/<int:pk>/", directives.file, name="desk-directive-file"),
]
