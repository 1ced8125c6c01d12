//! Keys that are refused with a sentence of their own: what this version does not simulate, and what other keys say better.
//! They are no keys of the key table, so that neither an editor nor a list of keys offers them.

/// Why there is no such key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Key that is not built yet; the advice what to do instead, or what holds in its place.
    NotBuilt(&'static str),
    /// Other keys say it more precisely; which.
    Superseded(&'static str),
}

/// A key that is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AbsentKey {
    /// Path of the key; `<name>` stands for a name of the user's.
    pub(crate) path: &'static str,
    /// Meaning of the key, in a few words.
    pub(crate) doc: &'static str,
    pub(crate) reason: Reason,
}

const fn not_built(path: &'static str, doc: &'static str, instead: &'static str) -> AbsentKey {
    AbsentKey { path, doc, reason: Reason::NotBuilt(instead) }
}

const fn superseded(path: &'static str, doc: &'static str, by: &'static str) -> AbsentKey {
    AbsentKey { path, doc, reason: Reason::Superseded(by) }
}

/// All of them.
pub(crate) const ALL: &[AbsentKey] = &[
    not_built(
        "service.<name>.scaling.predictive",
        "Predictive policies, by name.",
        "scheduled actions raise capacity ahead of a load that is known",
    ),
    not_built("assumptions.forecaster", "Forecast of predictive scaling.", "predictive scaling is not built"),
    not_built(
        "assumptions.unfulfilled_timeout",
        "When an activity is given up.",
        "activities wait until they are fulfilled",
    ),
    not_built("assumptions.spot_hazard", "Interruptions of Spot.", "Fargate Spot is not built"),
    not_built("assumptions.spot_discount", "Discount of Spot.", "Fargate Spot is not built"),
    superseded(
        "assumptions.fargate_start",
        "Network, pull and start in one.",
        "`startup.provisioning`, `startup.image_pull_rate` with `task.image_size`, and `startup.container_start`",
    ),
    superseded(
        "assumptions.ecs_desired_to_task_created",
        "Until the task is created.",
        "`startup.scheduling`",
    ),
    superseded(
        "assumptions.alb_register_to_healthy",
        "Until a target is healthy.",
        "`load_balancer.registration` and `load_balancer.health_check`",
    ),
];

/// The key of that path, in which the user's own names may stand for `<name>`.
pub(crate) fn find(path: &str) -> Option<&'static AbsentKey> {
    ALL.iter().find(|key| {
        let (mut parts, mut known) = (path.split('.'), key.path.split('.'));
        loop {
            match (parts.next(), known.next()) {
                (None, None) => return true,
                (Some(part), Some(name)) if part == name || name == "<name>" => {}
                _ => return false,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::keys::root::SCENARIO;
    use crate::scenario::language::schema;

    #[test]
    fn a_key_is_found_by_its_path_with_a_name_of_the_users() {
        assert!(find("service.web.scaling.predictive").is_some());
        assert!(find("assumptions.spot_hazard").is_some());
        assert!(find("service.web.scaling").is_none());
        assert!(find("service.web.scaling.predictive.daily").is_none());
    }

    #[test]
    fn no_key_is_absent_and_in_the_key_table() {
        schema::walk(&SCENARIO, &mut |path, _| assert!(ALL.iter().all(|key| key.path != path), "{path}"));
    }
}
