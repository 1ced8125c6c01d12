//! Spellings of earlier versions: each keeps working for one version, and says so once.

use std::ffi::{OsStr, OsString};

/// Spelling that has another now.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Deprecated {
    /// Commands that had it; none: all.
    commands: &'static [&'static str],
    /// Old flag.
    old: &'static str,
    /// Value of the old flag that is meant; none: any value, or none at all.
    value: Option<&'static str>,
    /// New spelling, which takes the value of the old one where no value is meant.
    new: &'static str,
    /// Version in which the new spelling came.
    since: &'static str,
}

/// Every deprecated spelling.
pub(super) const DEPRECATED: [Deprecated; 9] = [
    Deprecated { commands: &["check"], old: "--exit-zero", value: None, new: "--no-fail", since: "0.2" },
    Deprecated {
        commands: &["run"],
        old: "--replication",
        value: None,
        new: "--only-replication",
        since: "0.2",
    },
    Deprecated {
        commands: &["run"],
        old: "--warmup",
        value: Some("auto"),
        new: "--discard-warmup",
        since: "0.2",
    },
    Deprecated { commands: &["sweep"], old: "--new", value: None, new: "--overwrite", since: "0.2" },
    Deprecated { commands: &["sweep"], old: "--budget", value: None, new: "--max-requests", since: "0.2" },
    Deprecated {
        commands: &["sweep", "merge"],
        old: "--max-cells",
        value: None,
        new: "--max-points",
        since: "0.2",
    },
    Deprecated { commands: &["merge"], old: "--partial", value: None, new: "--allow-missing", since: "0.2" },
    Deprecated { commands: &["report"], old: "--html", value: None, new: "--out", since: "0.2" },
    Deprecated { commands: &[], old: "--format", value: Some("table"), new: "--format=text", since: "0.2" },
];

impl Deprecated {
    /// The line that is said of it.
    pub(super) fn remark(&self) -> String {
        let old = self.value.map_or_else(|| self.old.to_owned(), |value| format!("{} {value}", self.old));
        format!("note: `{old}` is deprecated since version {}; use `{}`\n", self.since, self.new)
    }

    /// The arguments that stand for the first of `rest`, with the count of those that they replace; `None` where it is another
    /// spelling.
    fn replacement(&self, rest: &[OsString]) -> Option<(OsString, usize)> {
        let first = rest.first()?.to_str()?;
        let attached = first.strip_prefix(self.old).and_then(|tail| tail.strip_prefix('='));
        match (self.value, attached) {
            (None, Some(value)) => Some((format!("{}={value}", self.new).into(), 1)),
            (None, None) if first == self.old => Some((self.new.into(), 1)),
            (Some(wanted), Some(value)) if value == wanted => Some((self.new.into(), 1)),
            (Some(wanted), None) if first == self.old && rest.get(1)? == OsStr::new(wanted) => {
                Some((self.new.into(), 2))
            }
            _ => None,
        }
    }
}

/// The command among the arguments: the first that is neither the program, nor an option before it.
fn command_of(arguments: &[OsString]) -> String {
    let mut texts = arguments.iter().skip(1).map(|argument| argument.to_string_lossy());
    while let Some(text) = texts.next() {
        match text.as_ref() {
            "--color" => drop(texts.next()),
            option if option.starts_with('-') => {}
            command => return command.to_owned(),
        }
    }
    String::new()
}

/// The arguments in today's spelling, and the deprecated ones among them.
pub(super) fn modern(arguments: Vec<OsString>) -> (Vec<OsString>, Vec<&'static Deprecated>) {
    let command = command_of(&arguments);
    let is_its = |one: &&Deprecated| one.commands.is_empty() || one.commands.contains(&command.as_str());
    let (mut out, mut used) = (Vec::with_capacity(arguments.len()), Vec::new());
    let mut at = 0;
    while let Some(argument) = arguments.get(at) {
        if argument == OsStr::new("--") {
            out.extend(arguments[at..].iter().cloned());
            break;
        }
        let found =
            DEPRECATED.iter().filter(is_its).find_map(|one| Some((one, one.replacement(&arguments[at..])?)));
        match found {
            Some((one, (new, count))) => {
                out.push(new);
                if !used.contains(&one) {
                    used.push(one);
                }
                at += count;
            }
            None => {
                out.push(argument.clone());
                at += 1;
            }
        }
    }
    (out, used)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(line: &str) -> (String, usize) {
        let (new, used) = modern(line.split(' ').map(OsString::from).collect());
        let texts: Vec<String> = new.iter().map(|text| text.to_string_lossy().into_owned()).collect();
        (texts.join(" "), used.len())
    }

    #[test]
    fn every_old_spelling_becomes_the_new_one_in_its_commands_only() {
        for one in &DEPRECATED {
            let command = one.commands.first().copied().unwrap_or("run");
            let (old, new) = match one.value {
                Some(value) => (format!("{} {value}", one.old), one.new.to_owned()),
                None => (format!("{}=7", one.old), format!("{}=7", one.new)),
            };
            assert_eq!(
                spelled(&format!("windtunnel {command} {old}")),
                (format!("windtunnel {command} {new}"), 1)
            );
            assert!(one.remark().contains(one.new) && one.remark().contains(one.old));
            if !one.commands.is_empty() {
                let other = format!("windtunnel why {old}");
                assert_eq!(spelled(&other), (other.clone(), 0));
            }
        }
        assert_eq!(
            spelled("windtunnel run --format=table x"),
            ("windtunnel run --format=text x".to_owned(), 1)
        );
        assert_eq!(spelled("windtunnel run --format json"), ("windtunnel run --format json".to_owned(), 0));
        assert_eq!(
            spelled("windtunnel sweep --new --new"),
            ("windtunnel sweep --overwrite --overwrite".to_owned(), 1)
        );
        assert_eq!(spelled("windtunnel sweep -- --new"), ("windtunnel sweep -- --new".to_owned(), 0));
        let color = "windtunnel --color never check";
        assert_eq!(spelled(&format!("{color} --exit-zero")), (format!("{color} --no-fail"), 1));
        assert_eq!(spelled("windtunnel sweep --newest"), ("windtunnel sweep --newest".to_owned(), 0));
    }
}
