"""Planning: pairs, calls, tokens and cost for the smallest effect of interest."""

from unmask.audits.planning.design_plan import Plan, plan
from unmask.audits.planning.earlier_run import EarlierRun, LegSeen, RoleTokens, earlier_run
from unmask.audits.planning.fixed_design import FixedDesign, RoleUse
from unmask.audits.planning.price_list import Price, read_prices, usage_cost
from unmask.audits.planning.sequential_design import SequentialDesign

__all__ = [
    "EarlierRun",
    "FixedDesign",
    "LegSeen",
    "Plan",
    "Price",
    "RoleTokens",
    "RoleUse",
    "SequentialDesign",
    "earlier_run",
    "plan",
    "read_prices",
    "usage_cost",
]
