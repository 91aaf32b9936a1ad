"""What people look at: plans, their sections, targets, actions and views, and the children they are for."""

from pep_record.projections.known_child import KNOWN_CHILD
from pep_record.projections.plan_action import PLAN_ACTION
from pep_record.projections.plan_overview import PLAN_OVERVIEW
from pep_record.projections.plan_section import PLAN_SECTION
from pep_record.projections.plan_target import PLAN_TARGET
from pep_record.projections.plan_views import PLAN_VIEWS

__all__ = ["KNOWN_CHILD", "PLAN_ACTION", "PLAN_OVERVIEW", "PLAN_SECTION", "PLAN_TARGET", "PLAN_VIEWS"]
