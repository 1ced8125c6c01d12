//! The task sizes that Fargate sells (Amazon ECS developer guide, "Fargate task definition considerations").

const GIB: u32 = 1024;

/// Memories \[MiB\] that Fargate sells with `cpu` units; empty where it does not sell that CPU.
pub(crate) fn memories(cpu: u32) -> Vec<u32> {
    let range = |from: u32, to: u32, step: usize| (from..=to).step_by(step).map(|gib| gib * GIB).collect();
    match cpu {
        256 => vec![512, GIB, 2 * GIB],
        512 => range(1, 4, 1),
        1024 => range(2, 8, 1),
        2048 => range(4, 16, 1),
        4096 => range(8, 30, 1),
        8192 => range(16, 60, 4),
        16384 => range(32, 120, 8),
        32768 => vec![60 * GIB, 120 * GIB, 244 * GIB],
        _ => Vec::new(),
    }
}

/// Every CPU that Fargate sells \[units\].
pub(crate) const CPUS: [u32; 8] = [256, 512, 1024, 2048, 4096, 8192, 16384, 32768];

/// The sizes nearest to a pair that is not sold: with the same CPU where that is sold, and with more CPU for the memory.
pub(crate) fn nearest(cpu: u32, memory: u32) -> Vec<(u32, u32)> {
    let same = CPUS.iter().copied().min_by_key(|known| known.abs_diff(cpu)).unwrap_or(1024);
    let mut sizes = Vec::new();
    let held = memories(same);
    sizes.extend(held.iter().rev().find(|m| **m <= memory).map(|m| (same, *m)));
    sizes.extend(held.iter().find(|m| **m >= memory).map(|m| (same, *m)));
    let other = CPUS.iter().copied().filter(|known| *known != same && memories(*known).contains(&memory));
    sizes.extend(other.min_by_key(|known| known.abs_diff(cpu)).map(|known| (known, memory)));
    sizes.dedup();
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_the_published_number_of_sizes() {
        let sizes: Vec<usize> = CPUS.iter().map(|cpu| memories(*cpu).len()).collect();
        assert_eq!(sizes, [3, 4, 7, 13, 23, 12, 12, 3]);
    }

    #[test]
    fn the_nearest_sizes_keep_the_cpu_or_the_memory() {
        assert_eq!(nearest(1024, 1024), [(1024, 2048), (512, 1024)]);
        assert_eq!(nearest(8192, 17 * 1024), [(8192, 16 * 1024), (8192, 20 * 1024), (4096, 17 * 1024)]);
        assert_eq!(nearest(300, 512), [(256, 512)]);
    }
}
