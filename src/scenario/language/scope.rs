//! Subjects that are not simulated, by the names that people look for: one paragraph each on what is and what is not, and what to do
//! instead. Unknown keys of these names are refused with it, and `explain` knows it as topics.

/// A subject outside the simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    /// The topic's name for `explain`.
    pub(super) name: &'static str,
    /// Other words for it: of `explain`, and keys that someone may write for it.
    words: &'static [&'static str],
    /// Name of the subject, at the beginning of a sentence that ends in "not simulated".
    pub(super) what: &'static str,
    /// Explanation of what is simulated in its place and what is not.
    pub(super) text: &'static str,
    /// Advice what to write instead.
    pub(super) instead: &'static str,
}

/// The subject of that name or key, in any case, with `-`, `_` or blanks.
pub(super) fn find(word: &str) -> Option<&'static Subject> {
    let plain = |text: &str| text.to_ascii_lowercase().replace(['-', ' '], "_");
    let wanted = plain(word.trim());
    ALL.iter().find(|subject| {
        plain(subject.name) == wanted || subject.words.iter().any(|known| plain(known) == wanted)
    })
}

impl Subject {
    /// What `explain` says.
    pub(super) fn explanation(&self) -> String {
        format!("{}\n\n{} Instead: {}.\n", self.name, self.text, self.instead)
    }
}

/// All of them.
pub(super) const ALL: &[Subject] = &[
    Subject {
        name: "ec2",
        words: &[
            "launch_type",
            "capacity_provider",
            "capacity_providers",
            "capacity_provider_strategy",
            "instance_type",
            "auto_scaling_group",
            "asg",
            "managed_instances",
            "daemon",
        ],
        what: "EC2 instances and capacity providers are",
        text: "Tasks run on Fargate, which always has room for one more: there are no instances that fill up, no capacity provider that \
               starts them, no bin packing and no bill by the instance. Service Auto Scaling, alarms and the load balancer are the same on \
               both.",
        instead: "simulate the service on Fargate for its scaling and latency, add the time an instance takes to `startup.provisioning` \
                  where tasks have to wait for one, and work out the instances from the running tasks of `timeline.csv`",
    },
    Subject {
        name: "eks",
        words: &["nodegroup", "node_group", "karpenter"],
        what: "EKS clusters are",
        text: "The service is one of ECS on Fargate. Of an EKS cluster neither pods, nodes, the control plane's fee nor its autoscalers are \
               simulated.",
        instead: "describe a deployment as a service whose task is a pod, and read latency and task counts; not the decisions of its \
                  autoscaler, which follow other rules than Application Auto Scaling",
    },
    Subject {
        name: "kubernetes",
        words: &["k8s", "hpa", "horizontal_pod_autoscaler", "vpa", "keda", "replicas", "pod", "pods"],
        what: "Kubernetes and its Horizontal Pod Autoscaler are",
        text: "The control loop is that of Application Auto Scaling: CloudWatch alarms on metrics of a minute, cooldowns, proposals from the \
               running count. The Horizontal Pod Autoscaler works on other metrics, every 15 s, with a tolerance and stabilization windows; \
               none of that is simulated.",
        instead: "the nearest are the high-resolution metrics of `monitoring`, which AWS evaluates every 10 s; task counts and latency of a \
                  fixed number of tasks hold for pods too",
    },
    Subject {
        name: "lambda",
        words: &["lambda_function", "serverless", "provisioned_concurrency", "reserved_concurrency"],
        what: "Lambda functions are",
        text: "A request waits for a place in a task that serves others too. A function that has an environment for each request, with its \
               cold start, its concurrency limits and a bill by the millisecond, is not simulated.",
        instead: "for the side of a service that calls a function, its duration is the `wait_time` of a request",
    },
    Subject {
        name: "spot",
        words: &["fargate_spot", "spot_price", "interruption", "interruptions"],
        what: "Fargate Spot is",
        text: "All tasks are on demand: none is interrupted with two minutes' notice, none waits for spare capacity, and the price book has no \
               Spot prices.",
        instead: "give the price that you pay in `[prices]`, and let tasks end at given times by `[[fault]]` with `crash`",
    },
    Subject {
        name: "savings plan",
        words: &[
            "savings_plans",
            "savings plans",
            "reserved",
            "reservation",
            "discount",
            "discounts",
            "commitment",
        ],
        what: "Discounts on the bill of a run are",
        text: "The bill of a run has the prices of the price book, without commitments or discounts. `windtunnel forecast` sizes a Compute \
               Savings Plan on the hours of its months and says what it would save.",
        instead: "run `windtunnel forecast`, or give the discounted prices in `[prices]`",
    },
    Subject {
        name: "deployments",
        words: &[
            "deployment",
            "deployment_configuration",
            "minimum_healthy_percent",
            "maximum_percent",
            "circuit_breaker",
            "rolling_update",
            "blue_green",
            "codedeploy",
            "code_deploy",
            "canary",
            "rollback",
        ],
        what: "Deployments are",
        text: "The service has one revision from second 0 to the end. A rolling deployment, which starts new tasks beside the old ones within \
               `minimumHealthyPercent` and `maximumPercent` and holds scale-in back meanwhile, is not simulated, nor are blue/green, canaries, \
               the circuit breaker and rollbacks.",
        instead: "a deployment's loss of capacity and its cold starts are those of `[[fault]]` with `crash`, which replaces so many tasks at a \
                  given time; its doubled capacity is a scheduled action on `min_capacity`",
    },
    Subject {
        name: "sessions",
        words: &[
            "session",
            "sticky",
            "stickiness",
            "sticky_session",
            "sticky_sessions",
            "websocket",
            "websockets",
            "keep_alive",
            "long_lived_connections",
        ],
        what: "Sessions and connections that last are",
        text: "Every request is routed by itself: the load balancer knows no sticky sessions, and a connection that stays with its task for \
               hours, such as a WebSocket, is no more than a long request.",
        instead: "a connection as a request with a long `wait_time` and `memory_per_request` shows what a task holds; that it stays with its \
                  task while others are added is then right, but its messages do not appear as load",
    },
    Subject {
        name: "queues",
        words: &["queue", "sqs", "worker", "workers", "kinesis", "kafka", "rabbitmq", "backlog", "batch"],
        what: "Queues from which tasks take work are",
        text: "A request is handed to a running task when it arrives and waits there (`task.queue` limits how many do); without a running task \
               it is refused. A queue such as SQS keeps work outside the tasks until one is idle, and outlives them; that is not simulated.",
        instead: "with many short messages and tasks that are seldom idle, a service with `least_outstanding_requests` and `queue_length / \
                  running` as its metric comes near; with few long jobs it does not",
    },
    Subject {
        name: "gpu",
        words: &["gpus", "accelerator", "inferentia", "cuda"],
        what: "GPUs are",
        text: "Fargate sells no tasks with GPUs, so neither their sizes, their prices nor their utilization are simulated.",
        instead: "for the load on one accelerator a task, `concurrency` as the number of requests that it takes at once and `wait_time` as \
                  their time on it give waiting times and task counts, not the bill",
    },
    Subject {
        name: "windows",
        words: &["os", "operating_system", "operating_system_family", "windows_server"],
        what: "Windows containers are",
        text: "Tasks run Linux on x86_64 or arm64. Windows tasks have a licence fee by the vCPU and hour, are billed for five minutes at \
               least and pull images of several gigabytes; none of that is in the price book.",
        instead: "give `image_size` and `image_pull_rate` for the cold start and the prices with the licence in `[prices]`",
    },
    Subject {
        name: "multi-region",
        words: &[
            "multi_region",
            "secondary_region",
            "failover",
            "global_accelerator",
            "route53",
            "cross_region",
        ],
        what: "Several regions are",
        text: "A scenario has one `region`, whose prices hold for all its services. Routing between regions, failover and the transfer between \
               them are not simulated. Zones within the region are (`availability_zones`, and `[[fault]]` with `zone_outage`).",
        instead: "write a scenario for each region, and the traffic that arrives after a failover as a `step` or `spike` of its shape",
    },
    Subject {
        name: "database",
        words: &[
            "rds",
            "aurora",
            "dynamodb",
            "redis",
            "elasticache",
            "cache",
            "connection_pool",
            "downstream",
        ],
        what: "Databases and other services downstream are",
        text: "What a request waits for downstream is its `wait_time`, a law that does not depend on how many requests wait there: a database \
               that slows down under load, a pool of connections that runs out and a cache that is cold are not simulated. A time in which it is \
               slower is (`[[fault]]` with `slow_dependency`).",
        instead: "take the law of `wait_time` from measurements at the load in question, and limit what a task asks at once by `concurrency`",
    },
    Subject {
        name: "sidecar",
        words: &[
            "sidecars",
            "container_definitions",
            "containers",
            "service_connect",
            "app_mesh",
            "envoy",
            "agent",
        ],
        what: "Several containers of a task are",
        text: "A task is one container that has all of its CPU and memory. What a sidecar uses of them (an agent, a proxy) is not simulated on \
               its own.",
        instead: "add its memory to `base_memory`, its image to `image_size`, and its CPU for each request to `cpu_time`",
    },
    Subject {
        name: "network load balancer",
        words: &["nlb", "network_load_balancer", "api_gateway", "cloudfront", "waf", "gateway"],
        what: "Other front ends than an Application Load Balancer are",
        text: "A service has an Application Load Balancer or none. Network Load Balancers, API Gateway, CloudFront and WAF have neither their \
               behaviour nor their price here.",
        instead: "leave `load_balancer` out, which sends requests to the running tasks in turn, or take the Application Load Balancer for its \
                  health checks",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::language::schema;

    #[test]
    fn a_subject_is_found_by_its_name_and_by_keys_in_any_spelling() {
        for (word, name) in [
            ("Deployment", "deployments"),
            ("minimum-healthy-percent", "deployments"),
            ("savings plans", "savings plan"),
            ("SQS", "queues"),
            ("multi region", "multi-region"),
            ("launch_type", "ec2"),
        ] {
            assert_eq!(find(word).map(|subject| subject.name), Some(name), "{word}");
        }
        assert_eq!(find("desired_cuont"), None);
    }

    #[test]
    fn no_word_stands_for_two_subjects_or_for_a_key_that_is_built() {
        let mut words: Vec<&str> =
            ALL.iter().flat_map(|subject| subject.words.iter().copied().chain([subject.name])).collect();
        words.sort_unstable();
        let count = words.len();
        words.dedup();
        assert_eq!(words.len(), count, "{words:?}");
        schema::walk(&crate::scenario::keys::root::SCENARIO, &mut |path, key| {
            // `queue` is a key of `task`; elsewhere it is meant as the other thing.
            assert!(key.name == "queue" || find(key.name).is_none(), "{path}");
        });
    }
}
