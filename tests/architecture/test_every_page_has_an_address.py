"""What a page can do the API can do: a page without an address says why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from lianfang.desk.views.incident_acts import STEPS
from lianfang.desk.views.monitoring_acts import ACTS
from tests.api_examples import operations

# Page -> operations that do the same; a page that changes something needs one that does.
SAME = {
    "portal-report": "submit_report my_reports",
    "portal-report-day": "submit_report my_reports",
    "portal-receipt": "my_receipt",
    "portal-receipt-told": "my_receipt",
    "portal-survey": "my_survey answer_survey confirm_survey",
    "portal-areas": "areas",
    "portal-me": "me my_reports my_monitoring my_quarantine my_survey",
    "portal-looks": "looks_at_me",
    "portal-monitoring": "my_monitoring",
    "portal-monitoring-check": "check_myself",
    "portal-monitoring-contest": "contest_my_file",
    "portal-texts": "want_texts",
    "portal-quarantine": "my_quarantine",
    "portal-quarantine-check": "check_my_quarantine",
    "portal-quarantine-need": "ask_for_myself",
    "portal-quarantine-release": "ask_my_release",
    "portal-messages": "my_messages",
    "portal-messages-read": "mark_messages_read",
    "desk-home": "call_backs missing my_summonses list_incidents",
    "desk-live": "call_backs missing my_summonses list_incidents",
    "desk-units": "list_units ledger",
    "desk-unit": "ledger unit_people missing unit_reports",
    "desk-sign": "draft sign",
    "desk-signed": "frozen",
    "desk-branch": "ledger",
    "desk-unit-posts": "posts appoint",
    "desk-unit-codes": "accounts issue_codes",
    "desk-person": "person",
    "desk-answers": "person_answers",
    "desk-call": "person",
    "desk-call-record": "record_call",
    "desk-phone": "reveal_phone",
    "desk-person-texts": "want_texts_for",
    "desk-proxy": "submit_proxy_report",
    "desk-call-back": "call_back",
    "desk-call-back-settle": "settle",
    "desk-board": "board curve list_incidents",
    "desk-board-live": "board",
    "desk-where": "where",
    "desk-where-province": "where",
    "desk-incidents": "list_incidents",
    "desk-cases": "list_cases cases_file",
    "desk-incident-step": "verify_incident",  # each step below
    "desk-incident-report": "case_report",
    "desk-incident-report-file": "case_report_file",
    "desk-incident": "one_incident course",
    "desk-incident-acknowledge": "acknowledge",
    "desk-incident-fact": "write_down",
    "desk-incident-close": "close",
    "desk-summons-answer": "answer_summons",
    "desk-clusters": "list_alerts",
    "desk-clusters-rules": "cluster_rules",
    "desk-clusters-heard": "list_circles note_heard",
    "desk-clusters-clinic": "note_clinic_visit",
    "desk-cluster": "one_alert",
    "desk-cluster-take": "take_alert",
    "desk-cluster-step": "verify_alert assess_alert characterise_alert decide_alert",
    "desk-cluster-told": "tell_of_alert",
    "desk-cluster-note": "note_on_alert",
    "desk-cluster-close": "close_alert",
    "desk-cluster-mistake": "withdraw_from_alert",
    "desk-cluster-draft": "alert_draft",
    "desk-surveys": "list_surveys unit_survey",
    "desk-survey-rounds": "open_survey close_survey",
    "desk-survey-unit": "unit_survey",
    "desk-survey-person": "person_survey note_survey_attempt",
    "desk-survey-said": "person_survey",
    "desk-survey-enter": "hand_in_survey",
    "desk-exposures": "list_exposures",
    "desk-exposure": "one_exposure",
    "desk-exposure-verify": "settle_exposure",
    "desk-monitoring": "list_files",
    "desk-monitoring-new": "open_file",
    "desk-monitoring-policies": "list_policies",
    "desk-monitoring-file": "one_file",
    "desk-monitoring-act": "check_file",  # each act below
    "desk-rounds": "list_rounds",
    "desk-rounds-class": "class_round take_round",
    "desk-rounds-switch": "set_rounds",
    "desk-doubts": "list_questions",
    "desk-doubts-answer": "answer_question",
    "desk-doubts-records": "list_contradictions",
    "desk-doubts-close": "close_contradiction",
    "desk-doubts-import": "record_files import_records",
    "desk-quarantine": "list_orders",
    "desk-quarantine-new": "record_order",
    "desk-quarantine-rooms": "list_houses",
    "desk-quarantine-needs": "list_needs",
    "desk-quarantine-need": "settle_need",
    "desk-quarantine-cleaning": "list_houses",
    "desk-quarantine-bed": "step_of_bed",
    "desk-quarantine-houses": "list_houses open_house list_keepers",
    "desk-quarantine-keeper": "name_keeper dismiss_keeper",
    "desk-quarantine-order": "one_order release_checklist",
    "desk-quarantine-serve": "serve_order",
    "desk-quarantine-move-end": "move_end",
    "desk-quarantine-paper": "note_paper",
    "desk-quarantine-check": "check_order",
    "desk-quarantine-explain": "explain_days",
    "desk-quarantine-order-bed": "assign_bed",
    "desk-quarantine-ask": "ask_need",
    "desk-quarantine-release": "release_order",
    "desk-quarantine-end": "end_order",
    "desk-contacts": "list_investigations list_contacts",
    "desk-contacts-open": "open_investigation",
    "desk-contacts-chain": "chains",
    "desk-contacts-visits": "list_visits",
    "desk-contacts-visit": "settle_visit",
    "desk-contacts-phone": "visit_phone",
    "desk-contacts-package": "one_package step_of_package",
    "desk-contacts-file": "package_file",
    "desk-contacts-end": "end_observation",
    "desk-contacts-case": "one_investigation contact_packages",
    "desk-contacts-decide": "decide_contacts determine_contacts",
    "desk-contacts-name": "name_contact",
    "desk-contacts-window": "change_window",
    "desk-contacts-link": "link_case",
    "desk-contacts-close": "close_investigation",
    "desk-contacts-list": "take_contact_list",
    "desk-contacts-team": "team join_team leave_team",
    "desk-contacts-ask": "ask_package",
    "desk-groups": "list_groups import_groups",
    "desk-gateways": "gateways letters_in_trouble parked",
    "desk-parked-settle": "settle_parked",
    "desk-posts": "vacancies search_people",
    "desk-post-dismiss": "end_post",
    "desk-duty": "duty_now",
    "desk-duty-phone": "shift_phone",
    "desk-duty-month": "unit_shifts",
    "desk-duty-add": "add_shift",
    "desk-duty-cover": "set_cover",
    "desk-duty-rotation": "start_rotation",
    "desk-duty-plan": "duty_plan",
    "desk-duty-book": "book write_in_book",
    "desk-duty-cover-end": "end_cover",
    "desk-duty-rotation-end": "end_rotation",
    "desk-duty-check": "check_duty",
    "desk-duty-shift": "one_shift",
    "desk-duty-check-in": "check_in",
    "desk-duty-move": "move_shift",
    "desk-duty-stand-in": "stand_in",
    "desk-duty-remove": "remove_shift",
    "desk-duty-hand-over": "begin_handover",
    "desk-duty-swap-ask": "ask_swap",
    "desk-duty-swaps": "list_swaps",
    "desk-duty-swap-settle": "settle_swap",
    "desk-duty-log-settle": "settle_entry",
    "desk-duty-handover": "one_handover handovers",
    "desk-duty-handover-sign": "sign_handover",
    "desk-duty-drills": "list_drills start_drill",
    "desk-duty-drill": "one_drill",
    "desk-duty-drill-ring": "drill_phone drill_rang",
    "desk-duty-reach": "reach_board",
    "desk-duty-facts": "list_facts",
    "desk-duty-fact-reply": "reply_to_fact",
    "desk-duty-feeds": "list_feeds open_feed",
    "desk-duty-feed-revoke": "revoke_feed",
    "desk-codes": "accounts",
    "desk-areas": "areas area_editions import_areas",
    "desk-hospitals": "hospitals import_hospitals",
    "desk-downloads": "summary",
    "desk-summary": "summary",
    "desk-directives": "list_directives my_directives",
    "desk-directive-new": "draft_directive",
    "desk-directive": "one_directive one_receipt",
    "desk-directive-relay": "relay",
    "desk-directive-answers": "feedback",
    "desk-directive-edit": "redraft_directive",
    "desk-directive-sign": "sign_directive",
    "desk-directive-withdraw": "withdraw_directive",
    "desk-receipt-acknowledge": "acknowledge_directive",
    "desk-receipt-relay": "relay_directive",
    "desk-receipt-feedback": "feed_back",
    "desk-feedback-judge": "judge_feedback",
    "desk-items": "list_items",
    "desk-item-new": "assign_item",
    "desk-item": "one_item",
    "desk-item-report": "report_item",
    "desk-item-check": "check_item",
    "desk-item-reopen": "reopen_item",
    "desk-item-extend": "extend_item",
    "desk-plan": "plan",
    "desk-plan-edit": "draft_plan",
    "desk-plan-adopt": "adopt_plan",
    "desk-plan-activate": "activate_level",
    "desk-plan-groups": "set_up_groups",
    "desk-plan-version": "plan_version",
    "desk-directive-file": "file",
    "desk-outreach": "list_campaigns",
    "desk-outreach-new": "preview_audience start_campaign draft_campaign",
    "desk-outreach-draft": "one_draft preview_draft change_draft send_draft discard_draft",
    "desk-outreach-campaign": "one_campaign campaign_people",
    "desk-outreach-end": "end_campaign",
    "desk-outreach-posted": "mark_posted",
    "desk-outreach-groups": "list_chat_groups set_group",
    "desk-outreach-articles": "list_articles",
    "desk-outreach-write": "write_article",
    "desk-outreach-article": "one_article",
    "desk-outreach-rewrite": "rewrite_article",
    "desk-outreach-calls": "call_list list_corrections",
    "desk-outreach-call": "next_call call_phone note_outcome",
    "desk-outreach-right": "number_is_right",
    "desk-times": "times",
    "desk-referral-step": "take_step",
    "desk-roster": "import_roster",
    "desk-roster-plan": "import_roster",
    "desk-roster-apply": "import_roster",
}
STEP = {
    "verify": "verify_incident",
    "classify": "classify_incident",
    "tell": "tell_outside",
    "end-clock": "end_clock",
    "reach": "reach_person",
    "refer": "refer",
    "check": "check_person",
    "campus": "wait_in_room add_companions ask_disinfection note_disinfection",
    "outcome": "set_outcome",
    "clear": "clear_person",
    "report": "make_case_report",
    "fact": "write_down",
    "close": "close",
}
ACT = {
    "check": "check_file",
    "not-reached": "not_reached",
    "verify": "verify_file",
    "lost": "person_is_lost",
    "explain": "explain_gap",
    "note": "note_in_file",
    "need": "need_of_file",
    "settle": "settle_file_need",
    "place": "place_person",
    "state": "put_into_state",
    "again": "exposed_again",
    "carer": "give_file",
    "release": "release_file",
    "refuse": "refuse_release",
    "extend": "extend_file",
    "cancel": "cancel_file",
    "correct": "correct_file",
    "adopt": "adopt_policy",
    "contest": "decide_contest",
}
# As docs/api.md says.
_LOGGING_IN = "a person proves who they are to a page, never through another system"
_ONE_TIME = "the link is the proof that the person has the phone"
_GATEWAY = "an address that gateways call themselves"
_SIGNPOST = "leads to other pages"
_OF_THE_PAGE = "language and shapes of the page itself"
ON_PURPOSE = {
    "home": _SIGNPOST,
    "desk-care": _SIGNPOST,
    "portal-login": _LOGGING_IN,
    "portal-logout": _LOGGING_IN,
    "portal-activate": _LOGGING_IN,
    "portal-password": _LOGGING_IN,
    "portal-language": _OF_THE_PAGE,
    "portal-places": _OF_THE_PAGE,
    "portal-places-below": _OF_THE_PAGE,
    "desk-shapes": _OF_THE_PAGE,
    "desk-roster-drop": "a try over the API leaves nothing to throw away",
    "portal-answer": _ONE_TIME,
    "portal-confirm": _ONE_TIME,
    "portal-drill": _ONE_TIME,
    "portal-drill-code": _ONE_TIME,
    "portal-duty-feed": "the calendar asks by itself; its address is opened over the API",
    "healthz": "says whether the process lives",
    "hooks-receipt": _GATEWAY,
    "hooks-answer": _GATEWAY,
    "hooks-receipt-secret": _GATEWAY,
    "hooks-answer-secret": _GATEWAY,
}


def views(patterns: list[Any]) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield str(pattern.name), pattern.callback


PAGES = {
    name: view
    for name, view in views(get_resolver().url_patterns)
    if str(getattr(view, "__module__", "")).startswith(("lianfang.portal.", "lianfang.desk."))
}
METHODS = {one.name: one.method for one in operations()}


def takes_only_posts(view: Any) -> bool:
    """What `require_POST` keeps in its closure."""
    while view is not None:
        kept = dict(zip(view.__code__.co_freevars, view.__closure__ or (), strict=True))
        if "request_method_list" in kept:
            return list(kept["request_method_list"].cell_contents) == ["POST"]
        view = getattr(view, "__wrapped__", None)
    return False


def test_a_page_has_an_address_or_a_reason_to_have_none() -> None:
    assert len(PAGES) > 200
    assert {*SAME, *ON_PURPOSE} == set(PAGES)
    assert not SAME.keys() & ON_PURPOSE.keys()


def test_every_step_and_act_of_a_page_has_one() -> None:
    assert STEP.keys() == STEPS.keys()
    assert ACT.keys() == ACTS.keys()


@pytest.mark.parametrize("table", [SAME, STEP, ACT])
def test_the_operations_exist_and_change_what_the_page_changes(table: dict[str, str]) -> None:
    unknown = {one for names in table.values() for one in names.split()} - METHODS.keys()
    assert not unknown
    changing = [name for name in table if table is not SAME or takes_only_posts(PAGES[name])]
    assert len(changing) > 10
    lame = [
        name for name in changing if not {METHODS[one] for one in table[name].split()} & {"post"}
    ]
    assert lame == []
