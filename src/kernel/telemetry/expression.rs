//! Expressions of custom metrics, in postfix order: the scenario parses them, the kernel computes them.

use alloc::string::String;
use alloc::vec::Vec;

use crate::units::SimDuration;

/// A metric of the user's own.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomMetric {
    /// The user's name for it.
    pub name: String,
    /// Expression of its value, evaluated once a period.
    pub expression: Expression,
    /// Length of its periods \[ns\]: 10, 20, 30 or 60 s.
    pub resolution: SimDuration,
    /// Delay from the end of a period until its datapoint can be read \[ns\].
    pub delay: SimDuration,
}

/// Variable of an expression. Counts of requests are those of the period, levels of requests are time averages over it, counts
/// of tasks are those at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// Requests waiting for a place \[requests\].
    QueueLength,
    /// Requests waiting or in a place \[requests\].
    InFlight,
    /// Requests in a place \[requests\].
    InService,
    /// Tasks in `RUNNING` \[tasks\].
    Running,
    /// Desired count \[tasks\].
    Desired,
    /// Tasks asked for that do not run yet \[tasks\].
    Pending,
    /// Tasks that receive requests \[tasks\].
    Healthy,
    /// Arrivals \[requests\].
    Requests,
    /// Refusals \[requests\].
    Rejected,
    /// Requests lost with their task \[requests\].
    Failed,
    /// Clients that gave up \[requests\].
    TimedOut,
    /// CPU used ÷ reserved \[%\].
    CpuUtilization,
    /// Memory used ÷ reserved \[%\].
    MemoryUtilization,
    /// Mean response time of the answers \[ms\].
    ResponseTimeMean,
    /// A percentile of it, in thousandths of a percent \[ms\].
    ResponseTimePercentile(u32),
}

impl Variable {
    /// Whether it needs the outcomes of requests.
    #[must_use]
    pub const fn needs_outcomes(self) -> bool {
        matches!(self, Self::Requests | Self::Rejected | Self::Failed | Self::TimedOut)
            || self.is_response_time()
    }

    /// Whether it needs the response times of single requests, which flows do not have.
    #[must_use]
    pub const fn is_response_time(self) -> bool {
        matches!(self, Self::ResponseTimeMean | Self::ResponseTimePercentile(_))
    }
}

/// One step of an expression.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Term {
    /// Puts a number on the stack.
    Number(f64),
    /// Puts a variable on the stack.
    Variable(Variable),
    /// Changes the sign of the last.
    Negate,
    /// Adds the last two.
    Add,
    /// Takes the last from the one before.
    Subtract,
    /// Multiplies the last two.
    Multiply,
    /// Divides the one before by the last.
    Divide,
    /// The smaller of the last two.
    Min,
    /// The larger of the last two.
    Max,
}

/// An expression in postfix order; the scenario makes only those that leave one number.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression(pub Vec<Term>);

impl Expression {
    /// The variables it uses.
    pub fn variables(&self) -> impl Iterator<Item = Variable> + '_ {
        self.0.iter().filter_map(|term| match term {
            Term::Variable(variable) => Some(*variable),
            _ => None,
        })
    }

    /// Evaluates the expression; `None` where a variable was not measured, or the result is not finite (a division by zero).
    pub fn evaluate(&self, mut value_of: impl FnMut(Variable) -> Option<f64>) -> Option<f64> {
        let mut stack: Vec<f64> = Vec::with_capacity(self.0.len());
        for term in &self.0 {
            let value = match term {
                Term::Number(number) => *number,
                Term::Variable(variable) => value_of(*variable)?,
                Term::Negate => -stack.pop()?,
                binary => {
                    let (right, left) = (stack.pop()?, stack.pop()?);
                    match binary {
                        Term::Add => left + right,
                        Term::Subtract => left - right,
                        Term::Multiply => left * right,
                        Term::Divide => left / right,
                        Term::Min if right < left => right,
                        Term::Max if right > left => right,
                        _ => left,
                    }
                }
            };
            // An infinity could vanish again in a later division: what is not a number anywhere is missing.
            stack.push(Some(value).filter(|value| value.is_finite())?);
        }
        stack.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_computed_in_postfix_order_and_missing_where_it_has_no_value() {
        use Term::{Add, Divide, Max, Number, Variable as Of};
        // (queue_length + 2) / max(running, 1)
        let terms =
            [Of(Variable::QueueLength), Number(2.0), Add, Of(Variable::Running), Number(1.0), Max, Divide];
        let expression = Expression(terms.to_vec());
        let with = |queue: Option<f64>, running: f64| {
            expression.evaluate(|variable| if variable == Variable::Running { Some(running) } else { queue })
        };
        assert_eq!(with(Some(10.0), 4.0), Some(3.0));
        assert_eq!(with(Some(10.0), 0.0), Some(12.0));
        assert_eq!(with(None, 4.0), None);
        let ratio =
            Expression(alloc::vec![Number(1.0), Of(Variable::Running), Divide, Number(0.0), Term::Multiply]);
        assert_eq!(ratio.evaluate(|_| Some(0.0)), None);
    }
}
