"""The marketing mathematics: pure functions on plain numbers, nothing heavy is imported.

``FORMULAS`` names the functions an exercise may use in its ``answer``; ``REMARKS`` those a canvas
may use.
"""

from collections.abc import Callable
from typing import Any

from course.models.audit import fit, gap, gap_margin, r_wg, weighted_fit
from course.models.contract import (
    best_spend,
    mixed_retention,
    response_speed,
    sbg_clv_next,
    sbg_clv_now,
    sbg_retention,
    sbg_survival,
    undervaluation,
)
from course.models.culture import critical_weight, future_weight, payoff_stream, sunk_cap
from course.models.levels import cost_with_shadow, level_threshold, level_value
from course.models.plan import value_plan
from course.models.portfolio import effectiveness, gain_share, last_quarter_worth
from course.models.profile import offer_gain, return_needed
from course.models.programme import measures, stop_rule
from course.models.purchases import fair_spend, own_weight, still_active
from course.models.retention import (
    break_even_spend,
    lifetime,
    retention_elasticity,
    saved_cost,
)
from course.models.satisfaction import wilson_low
from course.models.selection import (
    effective_number,
    fee,
    hhi,
    leave_limit,
    refusal_gain,
    share_of_wallet,
    whale_peak,
)
from course.models.spectrum import expected_loss, specificity, spectrum_index
from course.models.stages import commitment_value
from course.models.trials import nps_margin
from course.models.value import clv_next, clv_now, contact_value, relationship_index

FORMULAS: dict[str, Callable[..., float]] = {
    function.__name__: function
    for function in (
        clv_next,
        clv_now,
        level_value,
        level_threshold,
        cost_with_shadow,
        contact_value,
        fit,
        gap,
        gap_margin,
        r_wg,
        weighted_fit,
        relationship_index,
        offer_gain,
        return_needed,
        break_even_spend,
        lifetime,
        retention_elasticity,
        saved_cost,
        wilson_low,
        specificity,
        spectrum_index,
        expected_loss,
        commitment_value,
        best_spend,
        mixed_retention,
        response_speed,
        sbg_clv_next,
        sbg_clv_now,
        sbg_retention,
        sbg_survival,
        undervaluation,
        still_active,
        fair_spend,
        own_weight,
        whale_peak,
        share_of_wallet,
        hhi,
        effective_number,
        refusal_gain,
        fee,
        leave_limit,
        critical_weight,
        future_weight,
        payoff_stream,
        sunk_cap,
        effectiveness,
        gain_share,
        last_quarter_worth,
        nps_margin,
    )
}
# (answer, lang) -> what is written about it, with ``remarks``
REMARKS: dict[str, Callable[[Any, str], Any]] = {
    "value_plan": value_plan,
    "stop_rule": stop_rule,
    "measures": measures,
}
