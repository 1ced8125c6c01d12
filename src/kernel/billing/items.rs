//! Billable items: what a bill can charge for, with the name and the unit of each.

/// A billable item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineItem {
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

impl LineItem {
    /// Its name in every output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FargateVcpu => "fargate_vcpu",
            Self::FargateMemory => "fargate_memory",
            Self::FargateEphemeralStorage => "fargate_ephemeral_storage",
            Self::AlbHour => "alb_hour",
            Self::AlbLcu => "alb_lcu",
            Self::PublicIpv4 => "public_ipv4",
            Self::CloudwatchAlarm => "cloudwatch_alarm",
            Self::CloudwatchHighResolutionAlarm => "cloudwatch_high_resolution_alarm",
        }
    }

    /// Unit of its quantity.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::FargateVcpu => "vCPU-hour",
            Self::FargateMemory | Self::FargateEphemeralStorage => "GB-hour",
            Self::AlbHour | Self::PublicIpv4 => "hour",
            Self::AlbLcu => "LCU-hour",
            Self::CloudwatchAlarm | Self::CloudwatchHighResolutionAlarm => "alarm-month",
        }
    }
}
