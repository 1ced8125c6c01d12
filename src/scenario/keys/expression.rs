//! The expressions of custom metrics: `queue_length / max(running, 1)` becomes the kernel's postfix form. Errors name the
//! column.

use windtunnel_kernel::telemetry::{Expression, Term, Variable};

/// Names of an expression.
pub(crate) const VARIABLES: [(&str, Variable); 18] = [
    ("queue_length", Variable::QueueLength),
    ("in_flight", Variable::InFlight),
    ("in_service", Variable::InService),
    ("running", Variable::Running),
    ("desired", Variable::Desired),
    ("pending", Variable::Pending),
    ("healthy", Variable::Healthy),
    ("requests", Variable::Requests),
    ("rejected", Variable::Rejected),
    ("failed", Variable::Failed),
    ("timed_out", Variable::TimedOut),
    ("cpu_utilization", Variable::CpuUtilization),
    ("memory_utilization", Variable::MemoryUtilization),
    ("response_time_mean", Variable::ResponseTimeMean),
    ("response_time_p50", Variable::ResponseTimePercentile(50_000)),
    ("response_time_p90", Variable::ResponseTimePercentile(90_000)),
    ("response_time_p95", Variable::ResponseTimePercentile(95_000)),
    ("response_time_p99", Variable::ResponseTimePercentile(99_000)),
];

/// Deepest nesting of parentheses, calls and signs.
const DEEPEST: usize = 64;

/// Error of an expression, with its column from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExpressionError {
    pub(crate) column: usize,
    pub(crate) message: String,
}

/// Reads an expression.
///
/// # Errors
/// The first thing that is wrong with it.
pub(crate) fn parse(text: &str) -> Result<Expression, ExpressionError> {
    let mut parser = Parser { text: text.chars().collect(), at: 0, terms: Vec::new(), depth: 0 };
    parser.sum()?;
    match parser.peek() {
        None => Ok(Expression(parser.terms)),
        Some(')') => parser.fault("this parenthesis was never opened"),
        Some(other) => parser.fault(format!("`{other}` is not expected here")),
    }
}

struct Parser {
    text: Vec<char>,
    at: usize,
    terms: Vec<Term>,
    depth: usize,
}

impl Parser {
    /// The next character that is not a space.
    fn peek(&mut self) -> Option<char> {
        while self.text.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn takes(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn fault<T>(&self, message: impl Into<String>) -> Result<T, ExpressionError> {
        Err(ExpressionError { column: self.at + 1, message: message.into() })
    }

    fn sum(&mut self) -> Result<(), ExpressionError> {
        self.product()?;
        loop {
            let term = match self.peek() {
                Some('+') => Term::Add,
                Some('-' | '−') => Term::Subtract,
                _ => return Ok(()),
            };
            self.at += 1;
            self.product()?;
            self.terms.push(term);
        }
    }

    fn product(&mut self) -> Result<(), ExpressionError> {
        self.factor()?;
        loop {
            let term = match self.peek() {
                Some('*' | '×') => Term::Multiply,
                Some('/' | '÷') => Term::Divide,
                _ => return Ok(()),
            };
            self.at += 1;
            self.factor()?;
            self.terms.push(term);
        }
    }

    fn factor(&mut self) -> Result<(), ExpressionError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return self.fault(format!("more than {DEEPEST} levels of parentheses"));
        }
        let result = match self.peek() {
            None => self.fault("the expression ends where a number or a name is needed"),
            Some('(') => self.parenthesis(),
            Some('-' | '−') => {
                self.at += 1;
                self.factor().map(|()| self.terms.push(Term::Negate))
            }
            Some(c) if c.is_ascii_digit() || c == '.' => self.number(),
            Some(c) if c.is_ascii_alphabetic() || c == '_' => self.name(),
            Some(other) => self.fault(format!("`{other}` is not a number or a name")),
        };
        self.depth -= 1;
        result
    }

    fn parenthesis(&mut self) -> Result<(), ExpressionError> {
        let opened = self.at;
        self.at += 1;
        self.sum()?;
        if self.takes(')') {
            return Ok(());
        }
        Err(ExpressionError { column: opened + 1, message: "this parenthesis is never closed".to_owned() })
    }

    fn number(&mut self) -> Result<(), ExpressionError> {
        let start = self.at;
        while self.text.get(self.at).is_some_and(|c| c.is_ascii_digit() || *c == '.') {
            self.at += 1;
        }
        let written: String = self.text[start..self.at].iter().collect();
        match written.parse::<f64>() {
            Ok(number) if number.is_finite() => {
                self.terms.push(Term::Number(number));
                Ok(())
            }
            _ => Err(ExpressionError { column: start + 1, message: format!("`{written}` is not a number") }),
        }
    }

    fn name(&mut self) -> Result<(), ExpressionError> {
        let start = self.at;
        while self.text.get(self.at).is_some_and(|c| c.is_ascii_alphanumeric() || *c == '_') {
            self.at += 1;
        }
        let name: String = self.text[start..self.at].iter().collect();
        match name.as_str() {
            "min" => return self.call(Term::Min, start),
            "max" => return self.call(Term::Max, start),
            _ => {}
        }
        match VARIABLES.iter().find(|(known, _)| *known == name) {
            Some((_, variable)) => {
                self.terms.push(Term::Variable(*variable));
                Ok(())
            }
            None => {
                let known: Vec<&str> = VARIABLES.iter().map(|(known, _)| *known).collect();
                let near = crate::scenario::language::suggest::nearest(&name, &known);
                let hint = near.map_or(String::new(), |near| format!("; is `{near}` meant?"));
                Err(ExpressionError {
                    column: start + 1,
                    message: format!("`{name}` is nothing that is measured{hint}"),
                })
            }
        }
    }

    /// Arguments of `min` or `max`: two or more become a chain of pairs.
    fn call(&mut self, term: Term, start: usize) -> Result<(), ExpressionError> {
        if !self.takes('(') {
            return self.fault("`min` and `max` need their arguments in parentheses");
        }
        self.sum()?;
        let mut arguments = 1;
        while self.takes(',') {
            self.sum()?;
            self.terms.push(term);
            arguments += 1;
        }
        if !self.takes(')') {
            return Err(ExpressionError {
                column: start + 1,
                message: "these arguments are never closed".to_owned(),
            });
        }
        if arguments < 2 {
            return Err(ExpressionError {
                column: start + 1,
                message: "`min` and `max` take two arguments or more".to_owned(),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<f64> {
        parse(text).unwrap().evaluate(|variable| match variable {
            Variable::QueueLength => Some(30.0),
            Variable::Running => Some(4.0),
            Variable::ResponseTimePercentile(99_000) => Some(250.0),
            _ => None,
        })
    }

    #[test]
    fn an_expression_has_the_value_that_arithmetic_gives_it() {
        assert_eq!(value("queue_length / running"), Some(7.5));
        assert_eq!(value("1 + 2 * 3 - 4 / 2 − 1"), Some(1.0 + 2.0 * 3.0 - 4.0 / 2.0 - 1.0));
        assert_eq!(value("-(2 - 3) × max(running, 2, 9.5)"), Some(9.5));
        assert_eq!(value("min(response_time_p99, 100) ÷ (running - 4)"), None);
        assert_eq!(value("requests"), None);
        assert_eq!(value("10 - 4 - 3"), Some(3.0));
    }

    #[test]
    fn every_variable_stands_in_the_texts_that_list_them() {
        for topic in ["service.<name>.metric.<name>.expression", "CustomizedMetric"] {
            let text = crate::scenario::explain(topic).unwrap();
            for (name, _) in VARIABLES {
                // Percentiles share the first part of their name in a list.
                let is_there = text.contains(name)
                    || name.strip_prefix("response_time").is_some_and(|last| text.contains(last));
                assert!(is_there, "{topic}: {name}");
            }
        }
    }

    #[test]
    fn a_fault_names_its_column() {
        let at = |text: &str| parse(text).unwrap_err();
        let table = [
            ("queue_lenght / running", 1, "is `queue_length` meant?"),
            ("queue_length / ", 16, "ends where"),
            ("(running + 1", 1, "never closed"),
            ("running)", 8, "never opened"),
            ("running % 2", 9, "`%`"),
            ("max(running)", 1, "two arguments"),
            ("1.2.3", 1, "not a number"),
            ("", 1, "ends where"),
        ];
        for (text, column, message) in table {
            let fault = at(text);
            assert!(fault.column == column && fault.message.contains(message), "{text}: {fault:?}");
        }
        assert!(at(&"(".repeat(100)).message.contains("levels"));
    }
}
