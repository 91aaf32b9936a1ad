"""What people look at: plans, their sections, targets and actions, and the children they are for."""

from pep_record.projections.known_child import KNOWN_CHILD
from pep_record.projections.plan_action import PLAN_ACTION
from pep_record.projections.plan_overview import PLAN_OVERVIEW
from pep_record.projections.plan_section import PLAN_SECTION
from pep_record.projections.plan_target import PLAN_TARGET

__all__ = ["KNOWN_CHILD", "PLAN_ACTION", "PLAN_OVERVIEW", "PLAN_SECTION", "PLAN_TARGET"]
