//! Billable items: what a bill can charge for, as one table. Whatever is known of an item stands in its row; who meters,
//! prices, prints or explains items reads the table.
//!
//! It leaves out prices, which differ between regions, and quantities, which the meter has.

use super::task::TaskPart;
use crate::facts::CapacityKind;

/// A billable item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BillableItem {
    /// `fargate_vcpu` [vCPU-hour].
    FargateVcpu,
    /// `fargate_memory` [GB-hour].
    FargateMemory,
    /// `fargate_ephemeral_storage` [GB-hour].
    FargateEphemeralStorage,
    /// `alb_hour` \[hour\].
    AlbHour,
    /// `alb_lcu` [LCU-hour].
    AlbLcu,
    /// `public_ipv4` \[hour\].
    PublicIpv4,
    /// `cloudwatch_alarm` [alarm-month].
    CloudwatchAlarm,
    /// `cloudwatch_high_resolution_alarm` [alarm-month].
    CloudwatchHighResolutionAlarm,
}

/// Measure of an item's quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metering {
    /// A part of each task's size for each billed second of the task, where it runs on this kind of capacity.
    TaskTime(CapacityKind, TaskPart),
    /// The addresses of the service for as long as it exists, and those of each task for each of its billed seconds.
    AddressTime,
    /// Resources for each hour of theirs that has begun.
    BegunHours,
    /// The load that the load balancer had in each hour of the calendar ([`super::LcuUsage`]).
    LoadBalancerUse,
    /// Resources for the share of each calendar month in which they exist.
    CalendarMonths,
}

/// Place of an item's price in the price book: the columns `platform` and `item` of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceBookKey {
    /// Column `platform`.
    pub platform: &'static str,
    /// Column `item`.
    pub item: &'static str,
}

/// A service of AWS in the words of FOCUS 1.2 (<https://focus.finops.org/focus-specification/v1-2/>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FocusService {
    /// `ServiceName`.
    pub name: &'static str,
    /// `ServiceCategory`.
    pub category: &'static str,
    /// `ServiceSubcategory`.
    pub subcategory: &'static str,
}

/// Columns of FOCUS that depend on the item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FocusFacts {
    /// `ChargeDescription`.
    pub description: &'static str,
    /// `PricingUnit`, in the format of FOCUS.
    pub unit: &'static str,
    /// The service that charges for it.
    pub service: FocusService,
    /// `ResourceType`.
    pub resource_type: &'static str,
}

/// Properties of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemFacts {
    /// The item itself.
    pub item: BillableItem,
    /// Name in every output, and the key that replaces its price in a scenario.
    pub name: &'static str,
    /// Unit of its quantity.
    pub unit: &'static str,
    /// Measure of its quantity.
    pub metering: Metering,
    /// Place of its price in the price book.
    pub price_book: PriceBookKey,
    /// Name in the rates of Compute Savings Plans (`docs/aws/billing.md#savings-plans`); `None`: they do not cover it.
    pub savings_plan: Option<&'static str>,
    /// Unit that its price is for, as a sentence.
    pub price: &'static str,
    /// Columns in FOCUS.
    pub focus: FocusFacts,
    /// Name for people.
    pub label: &'static str,
    /// Explanation of what is charged and how it is counted, as sentences.
    pub explanation: &'static str,
}

const CONTAINERS: FocusService =
    FocusService { name: "Amazon Elastic Container Service", category: "Compute", subcategory: "Containers" };
const LOAD_BALANCING: FocusService = FocusService {
    name: "Elastic Load Balancing",
    category: "Networking",
    subcategory: "Application Networking",
};
const VIRTUAL_NETWORK: FocusService = FocusService {
    name: "Amazon Virtual Private Cloud",
    category: "Networking",
    subcategory: "Network Infrastructure",
};
const MONITORING: FocusService = FocusService {
    name: "AmazonCloudWatch",
    category: "Management and Governance",
    subcategory: "Observability",
};

/// Every item with what is known of it, in the order of bills, which is that of [`BillableItem`].
pub static ITEMS: [ItemFacts; 8] = [
    ItemFacts {
        item: BillableItem::FargateVcpu,
        name: "fargate_vcpu",
        unit: "vCPU-hour",
        metering: Metering::TaskTime(CapacityKind::Fargate, TaskPart::Vcpu),
        price_book: PriceBookKey { platform: "fargate", item: "vcpu" },
        savings_plan: Some("vcpu"),
        price: "Per vCPU-hour.",
        focus: FocusFacts {
            description: "Fargate vCPU, on demand",
            unit: "vCPU-Hours",
            service: CONTAINERS,
            resource_type: "ECS service",
        },
        label: "Fargate vCPU",
        explanation: "Invoice line: vCPU-hours of the tasks' size.",
    },
    ItemFacts {
        item: BillableItem::FargateMemory,
        name: "fargate_memory",
        unit: "GB-hour",
        metering: Metering::TaskTime(CapacityKind::Fargate, TaskPart::Memory),
        price_book: PriceBookKey { platform: "fargate", item: "memory" },
        savings_plan: Some("memory"),
        price: "Per GB-hour of memory.",
        focus: FocusFacts {
            description: "Fargate memory, on demand",
            unit: "GB-Hours",
            service: CONTAINERS,
            resource_type: "ECS service",
        },
        label: "Fargate memory",
        explanation: "Invoice line: GB-hours of the tasks' size (1 GB is 1024 MiB here, as AWS bills).",
    },
    ItemFacts {
        item: BillableItem::FargateEphemeralStorage,
        name: "fargate_ephemeral_storage",
        unit: "GB-hour",
        metering: Metering::TaskTime(CapacityKind::Fargate, TaskPart::ExtraEphemeralStorage),
        price_book: PriceBookKey { platform: "fargate", item: "ephemeral_storage_over_20gb" },
        savings_plan: None,
        price: "Per GB-hour of ephemeral storage above 20 GB.",
        focus: FocusFacts {
            description: "Fargate ephemeral storage above 20 GB",
            unit: "GB-Hours",
            service: CONTAINERS,
            resource_type: "ECS service",
        },
        label: "Fargate ephemeral storage",
        explanation: "Invoice line: GB-hours of ephemeral storage above the 20 GB that are included.",
    },
    ItemFacts {
        item: BillableItem::AlbHour,
        name: "alb_hour",
        unit: "hour",
        metering: Metering::BegunHours,
        price_book: PriceBookKey { platform: "alb", item: "load_balancer_hour" },
        savings_plan: None,
        price: "Per hour of a load balancer.",
        focus: FocusFacts {
            description: "Application Load Balancer",
            unit: "Hours",
            service: LOAD_BALANCING,
            resource_type: "Load balancer",
        },
        label: "Load balancer, hours",
        explanation: "Invoice line: hours of the load balancer; a partial hour is a full one.",
    },
    ItemFacts {
        item: BillableItem::AlbLcu,
        name: "alb_lcu",
        unit: "LCU-hour",
        metering: Metering::LoadBalancerUse,
        price_book: PriceBookKey { platform: "alb", item: "lcu_hour" },
        savings_plan: None,
        price: "Per LCU-hour.",
        focus: FocusFacts {
            description: "Application Load Balancer capacity units",
            unit: "LCU-Hours",
            service: LOAD_BALANCING,
            resource_type: "Load balancer",
        },
        label: "Load balancer, capacity units",
        explanation: "Invoice line: load balancer capacity units: in each hour the largest of new connections ÷ 25/s, active connections ÷ 3000, bytes ÷ 1 GB and rule evaluations ÷ 1000/s.",
    },
    ItemFacts {
        item: BillableItem::PublicIpv4,
        name: "public_ipv4",
        unit: "hour",
        metering: Metering::AddressTime,
        price_book: PriceBookKey { platform: "vpc", item: "public_ipv4_in_use_or_idle" },
        savings_plan: None,
        price: "Per public IPv4 address and hour.",
        focus: FocusFacts {
            description: "Public IPv4 addresses in use",
            unit: "Hours",
            service: VIRTUAL_NETWORK,
            resource_type: "IP address",
        },
        label: "Public IPv4 addresses",
        explanation: "Invoice line: hours of public IPv4 addresses, of the load balancer and of tasks with one.",
    },
    ItemFacts {
        item: BillableItem::CloudwatchAlarm,
        name: "cloudwatch_alarm",
        unit: "alarm-month",
        metering: Metering::CalendarMonths,
        price_book: PriceBookKey { platform: "cloudwatch", item: "alarm_standard_resolution" },
        savings_plan: None,
        price: "Per standard-resolution alarm and month.",
        focus: FocusFacts {
            description: "CloudWatch alarms",
            unit: "Alarm-Months",
            service: MONITORING,
            resource_type: "Alarm",
        },
        label: "CloudWatch alarms",
        explanation: "Invoice line: standard alarms a month; a target-tracking policy has two, one without scale-in.",
    },
    ItemFacts {
        item: BillableItem::CloudwatchHighResolutionAlarm,
        name: "cloudwatch_high_resolution_alarm",
        unit: "alarm-month",
        metering: Metering::CalendarMonths,
        price_book: PriceBookKey { platform: "cloudwatch", item: "alarm_high_resolution" },
        savings_plan: None,
        price: "Per alarm of periods below a minute and month.",
        focus: FocusFacts {
            description: "CloudWatch high-resolution alarms",
            unit: "Alarm-Months",
            service: MONITORING,
            resource_type: "Alarm",
        },
        label: "CloudWatch alarms, high resolution",
        explanation: "Invoice line: alarms of periods below a minute a month, which cost three times as much.",
    },
];

// Rows are found by the place of their item.
const _: () = {
    let mut place = 0;
    while place < ITEMS.len() {
        assert!(ITEMS[place].item as usize == place, "a row of ITEMS is not at the place of its item");
        place += 1;
    }
};

impl BillableItem {
    /// Every item, in the order of bills.
    pub fn all() -> impl Iterator<Item = Self> {
        ITEMS.iter().map(|facts| facts.item)
    }

    /// The item of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        ITEMS.iter().find(|facts| facts.name == name).map(|facts| facts.item)
    }

    /// Looks up the properties of the item.
    #[must_use]
    pub const fn facts(self) -> &'static ItemFacts {
        &ITEMS[self as usize]
    }

    /// Returns the name in every output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.facts().name
    }

    /// Unit of its quantity.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        self.facts().unit
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_item_has_all_its_facts_and_shares_no_name() {
        let (mut names, mut labels, mut keys) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for facts in &ITEMS {
            let ItemFacts { item, name, unit, price_book, price, focus, label, explanation, .. } = *facts;
            let FocusFacts { description, unit: focus_unit, service, resource_type } = focus;
            let texts = [name, unit, price, label, explanation, description, focus_unit, resource_type];
            let texts = texts.into_iter().chain([service.name, service.category, service.subcategory]);
            let texts = texts.chain([price_book.platform, price_book.item]).chain(facts.savings_plan);
            for text in texts {
                assert!(!text.trim().is_empty() && text.trim() == text, "{name}: `{text}`");
            }
            assert!(price.ends_with('.') && explanation.ends_with('.'), "{name}: sentences");
            assert!(names.insert(name) && labels.insert(label), "{name} is there twice");
            assert!(
                keys.insert((price_book.platform, price_book.item)),
                "{name}: another item has its price"
            );
            assert_eq!((BillableItem::named(name), item.facts()), (Some(item), facts));
        }
        assert_eq!(BillableItem::named("nat_gateway"), None);
    }

    #[test]
    fn savings_plans_cover_parts_of_tasks_only() {
        for facts in ITEMS.iter().filter(|facts| facts.savings_plan.is_some()) {
            assert!(matches!(facts.metering, Metering::TaskTime(..)), "{}", facts.name);
        }
    }
}
