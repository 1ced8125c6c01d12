//! Words for the cost at both ends of the range of `assumptions.tt_scale_in_mode`. One wording for every output.

use crate::experiment::compare::VariantComparison;
use crate::experiment::scale_in::Ends;
use crate::results::{DecimalText, ScaleInRange};

/// `28.42 USD with gradual scale-in, 22.90 USD with proportional (assumptions.tt_scale_in_mode)`, of amounts as they are
/// printed; where both are the same, once.
pub(super) fn ends_words(ends: &Ends<String>) -> String {
    if ends.gradual == ends.proportional {
        return format!(
            "{} USD with gradual and proportional scale-in (assumptions.tt_scale_in_mode)",
            ends.gradual
        );
    }
    format!(
        "{} USD with gradual scale-in, {} USD with proportional (assumptions.tt_scale_in_mode)",
        ends.gradual, ends.proportional
    )
}

/// The same in a narrow place: `gradual scale-in 28.42 USD, proportional 22.90 USD`.
pub(super) fn ends_note(ends: &Ends<String>) -> String {
    format!("gradual scale-in {} USD, proportional {} USD", ends.gradual, ends.proportional)
}

/// The words for an order of variants by cost that is not the same at both ends, of their names from the cheapest on.
pub(super) fn orders_words(orders: &Ends<Vec<String>>) -> String {
    format!(
        "which variant is cheaper depends on the scale-in rule (assumptions.tt_scale_in_mode): from the cheapest on, {} with \
         gradual scale-in; {} with proportional",
        orders.gradual.join(", "),
        orders.proportional.join(", ")
    )
}

/// The names of a comparison's variants from the cheapest on at each end, where the two orders differ.
pub(super) fn orders(comparison: &VariantComparison) -> Option<Ends<Vec<String>>> {
    let name = |index: &usize| comparison.variants.get(*index).map(|of| of.variant.name.clone());
    Some(comparison.orders_at_scale_in_ends()?.map(|order| order.iter().filter_map(name).collect()))
}

/// Mean costs at both ends; `None` where there are none, or where one is not finite.
pub(super) fn mean_ends(ends: Option<Ends<f64>>) -> Option<Ends<DecimalText>> {
    let Ends { gradual, proportional } = ends?;
    let text = |value| DecimalText::with_decimals(value, 4);
    Some(Ends { gradual: text(gradual)?, proportional: text(proportional)? })
}

/// The range of a total, of its two ends.
pub(super) fn range(ends: Option<Ends<f64>>) -> Option<ScaleInRange> {
    let Ends { gradual, proportional } = mean_ends(ends)?;
    Some(ScaleInRange { gradual_usd: gradual, proportional_usd: proportional })
}
