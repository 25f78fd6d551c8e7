//! Whether something got slower, or whether that is noise: a comparison of two runs of a benchmark.
//!
//! By single measurements, the Mann–Whitney U test, which asks nothing of their distribution; where
//! only figures are stated, Welch's t test; where not even those, a shift beyond the stated spread.
//! Whatever the test says, a shift that lies within the spread of the measurements is no alarm.

use crate::model::Benchmark;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// How two runs of a benchmark compare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Comparison {
    /// How much slower it got, in percent; negative when faster.
    pub(super) change_percent: f64,
    /// Whether it got slower by more than noise explains.
    pub(super) is_slower: bool,
    /// How that was decided.
    pub(super) method: &'static str,
}

/// Compares a run with an earlier one. `chance` is how often two runs of the same thing may be called
/// different. `None` when nothing tells how much the measurements scatter.
pub(super) fn compare(current: &Benchmark, earlier: &Benchmark, chance: f64) -> Option<Comparison> {
    let spread = [spread(current), spread(earlier)];
    let widest = spread.into_iter().flatten().max_by(f64::total_cmp)?;
    let comparison = |now: f64, before: f64, is_significant: bool, method| Comparison {
        change_percent: change_percent(now, before),
        is_slower: is_significant && now - before > widest,
        method,
    };
    let samples = (&current.samples_ms, &earlier.samples_ms);
    if smallest_chance(samples.0.len(), samples.1.len()) <= chance {
        let (now, before) = (median(samples.0)?, median(samples.1)?);
        let is_significant = mann_whitney(samples.0, samples.1) <= chance;
        return Some(comparison(now, before, is_significant, "Mann-Whitney U"));
    }
    if let Some(probability) = welch(current, earlier) {
        let (now, before) = (current.mean_ms?, earlier.mean_ms?);
        return Some(comparison(now, before, probability <= chance, "Welch's t"));
    }
    let medians = current.percentile(50.0).zip(earlier.percentile(50.0));
    let (now, before) = medians.or(current.mean_ms.zip(earlier.mean_ms))?;
    // The side whose spread is not known scatters as the other does.
    let [of_now, of_before] = spread.map(|spread| spread.unwrap_or(widest));
    let deviations = Normal::standard().inverse_cdf(1.0 - chance);
    let is_beyond = now - before > deviations * of_now.hypot(of_before);
    Some(comparison(now, before, is_beyond, "the stated spread"))
}

fn change_percent(now: f64, before: f64) -> f64 {
    if now <= before && before <= 0.0 {
        return 0.0;
    }
    (now - before) / before * 100.0
}

/// How much the measurements of a benchmark scatter, as a standard deviation: by the median of the
/// distances from the median, which outliers do not move, or by what the report states.
fn spread(benchmark: &Benchmark) -> Option<f64> {
    /// The standard deviation of a normal distribution, in its median absolute deviations.
    const DEVIATIONS: f64 = 1.482_602_218_505_602;
    if benchmark.samples_ms.len() == 1 || benchmark.count == Some(1) {
        return None;
    }
    if !benchmark.samples_ms.is_empty() {
        let centre = median(&benchmark.samples_ms)?;
        let distances = benchmark.samples_ms.iter();
        let distances: Vec<f64> = distances.map(|ms| (ms - centre).abs()).collect();
        return Some(DEVIATIONS * median(&distances)?);
    }
    let by_percentile = |percent: f64| {
        let above = benchmark.percentile(percent)? - benchmark.percentile(50.0)?;
        Some(above / Normal::standard().inverse_cdf(percent / 100.0))
    };
    benchmark
        .stddev_ms
        .or_else(|| [90.0, 95.0, 99.0].into_iter().find_map(by_percentile))
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    Some(if sorted.len().is_multiple_of(2) {
        f64::midpoint(sorted[middle - 1], upper)
    } else {
        upper
    })
}

/// The smallest probability that the Mann–Whitney test can give: one of all orders.
fn smallest_chance(left: usize, right: usize) -> f64 {
    if left == 0 || right == 0 {
        return 1.0;
    }
    (1..=right).fold(1.0, |product, i| product * i as f64 / (left + i) as f64)
}

/// The probability of `now` being above `before` by so much or more if both were drawn from the same.
fn mann_whitney(now: &[f64], before: &[f64]) -> f64 {
    let (u, ties) = pairs_above(now, before);
    // As long as all orders can be counted in whole numbers, the probability is computed from them.
    if smallest_chance(now.len(), before.len()) >= f64::EPSILON {
        exactly_at_least(u, now.len(), before.len())
    } else {
        nearly_at_least(u, ties, now.len() as f64, before.len() as f64)
    }
}

/// How many pairs have the measurement of `now` above that of `before`, equal ones counting half; and
/// how much measurements that are equal lessen the variance.
fn pairs_above(now: &[f64], before: &[f64]) -> (f64, f64) {
    let mut all: Vec<(f64, bool)> = now.iter().map(|ms| (*ms, true)).collect();
    all.extend(before.iter().map(|ms| (*ms, false)));
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut rank_sum, mut ties, mut ranked) = (0.0, 0.0, 0.0);
    for group in all.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let size = group.len() as f64;
        let own = group.iter().filter(|(_, is_now)| *is_now).count() as f64;
        rank_sum += own * (ranked + f64::midpoint(1.0, size));
        ties += size.powi(3) - size;
        ranked += size;
    }
    let n = now.len() as f64;
    (rank_sum - n * (n + 1.0) / 2.0, ties)
}

/// The probability of U being at least `u`, by the normal distribution.
fn nearly_at_least(u: f64, ties: f64, n: f64, m: f64) -> f64 {
    let total = n + m;
    let variance = n * m / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)));
    if variance <= 0.0 {
        // All measurements are equal.
        return 1.0;
    }
    // U moves in steps, the normal distribution does not.
    let distance = u - n * m / 2.0 - 0.5;
    Normal::standard().sf(distance / variance.sqrt())
}

/// The probability of U being at least `u`. The orders with each U are the coefficients of the
/// Gaussian binomial of `n + m` over `n`. Measurements that are equal make U scatter less than this
/// says, which errs on the side of no alarm.
fn exactly_at_least(u: f64, n: usize, m: usize) -> f64 {
    let most = n * m;
    let mut orders = vec![0.0; most + 1];
    orders[0] = 1.0;
    for factor in 1..=n {
        for index in (m + factor..=most).rev() {
            orders[index] -= orders[index - m - factor];
        }
        for index in factor..=most {
            orders[index] += orders[index - factor];
        }
    }
    let is_reached = |(value, _): &(usize, &f64)| *value as f64 >= u.floor();
    let reached = orders.iter().enumerate().filter(is_reached);
    reached.map(|(_, orders)| orders).sum::<f64>() / orders.iter().sum::<f64>()
}

/// The same by means and standard deviations, which need not be equal.
fn welch(now: &Benchmark, before: &Benchmark) -> Option<f64> {
    let of = |benchmark: &Benchmark| {
        let count = benchmark.count.filter(|count| *count > 1)? as f64;
        let error = benchmark.stddev_ms?.powi(2) / count;
        Some((benchmark.mean_ms?, error, count - 1.0))
    };
    let ((now, now_error, now_freedom), (before, before_error, before_freedom)) =
        (of(now)?, of(before)?);
    let error = now_error + before_error;
    if error <= 0.0 {
        // Nothing scatters: any difference is one.
        return Some(if now > before { 0.0 } else { 1.0 });
    }
    let freedom =
        error.powi(2) / (now_error.powi(2) / now_freedom + before_error.powi(2) / before_freedom);
    let students_t = StudentsT::new(0.0, 1.0, freedom).ok()?;
    Some(students_t.sf((now - before) / error.sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Percentile;
    use proptest::prelude::*;

    fn close(actual: f64, expected: f64) {
        assert!((actual - expected).abs() < 1e-6, "{actual} {expected}");
    }

    #[test]
    fn probabilities_are_those_of_the_textbook() {
        // scipy.stats.mannwhitneyu(x, y, alternative="greater", method="exact" / "asymptotic").
        close(mann_whitney(&[4.0, 5.0, 6.0], &[1.0, 2.0, 3.0]), 0.05);
        let mixed = [3.0, 6.0, 7.0, 9.0, 12.0];
        close(mann_whitney(&mixed, &[1.0, 2.0, 4.0, 5.0, 8.0]), EXACT);
        let (u, ties) = pairs_above(
            &[2.0, 2.0, 3.0, 4.0, 5.0, 5.0],
            &[1.0, 1.0, 2.0, 2.0, 3.0, 4.0],
        );
        close(nearly_at_least(u, ties, 6.0, 6.0), TIED);
        close(nearly_at_least(40.5, 18.0 * 323.0, 9.0, 9.0), 1.0);
        assert!(mann_whitney(&[1.0; 9], &[1.0; 9]) > 0.4);
        // scipy.stats.ttest_ind_from_stats(10.5, 2, 20, 9, 1.5, 15, equal_var=False, "greater").
        let figures = |mean_ms, stddev_ms, count| Benchmark {
            mean_ms: Some(mean_ms),
            stddev_ms: Some(stddev_ms),
            count: Some(count),
            ..Benchmark::default()
        };
        close(
            welch(&figures(10.5, 2.0, 20), &figures(9.0, 1.5, 15)).unwrap(),
            WELCH,
        );
        close(smallest_chance(3, 3), 0.05);
        close(smallest_chance(4, 2), 1.0 / 15.0);
    }

    const EXACT: f64 = 0.075396825397;
    const TIED: f64 = 0.059394682578;
    const WELCH: f64 = 0.008075261921;

    #[test]
    fn the_way_is_chosen_by_what_is_known() {
        let samples = |from: u32, count: u32| -> Benchmark {
            let samples: Vec<f64> = (from..from + count).map(f64::from).collect();
            Benchmark::of_samples("b", &samples)
        };
        let of = |now: &Benchmark, before: &Benchmark| compare(now, before, 0.01);
        let many = of(&samples(200, 20), &samples(100, 20)).unwrap();
        assert_eq!((many.method, many.is_slower), ("Mann-Whitney U", true));
        close(many.change_percent, 100.0 / 109.5 * 100.0);
        // Three against three can never be surer than 1 of 20.
        let few = of(&samples(200, 3), &samples(100, 3)).unwrap();
        assert_eq!((few.method, few.is_slower), ("Welch's t", true));
        let one = of(&samples(200, 1), &samples(100, 20)).unwrap();
        assert_eq!((one.method, one.is_slower), ("the stated spread", true));
        assert_eq!(of(&samples(200, 1), &samples(100, 1)), None);
        let percentiles = |median: f64, p95: f64| Benchmark {
            percentiles: [(50.0, median), (95.0, p95)]
                .map(|(percent, ms)| Percentile { percent, ms })
                .to_vec(),
            ..Benchmark::default()
        };
        let load_test = of(&percentiles(30.0, 31.0), &percentiles(20.0, 21.0)).unwrap();
        assert_eq!(
            (load_test.method, load_test.is_slower),
            ("the stated spread", true)
        );
        let noise = of(&percentiles(30.0, 90.0), &percentiles(20.0, 80.0)).unwrap();
        assert!(!noise.is_slower);
        let faster = of(&samples(100, 20), &samples(200, 20)).unwrap();
        assert!(!faster.is_slower && faster.change_percent < 0.0);
    }

    #[test]
    fn nothing_that_took_no_time_is_compared_without_an_answer() {
        let zeros = Benchmark::of_samples("b", &[0.0; 20]);
        let same = compare(&zeros, &zeros, 0.01).unwrap();
        assert_eq!((same.change_percent, same.is_slower), (0.0, false));
        let some = Benchmark::of_samples("b", &[1.0; 20]);
        assert!(compare(&some, &zeros, 0.01).unwrap().is_slower);
    }

    /// Measurements as they are in practice: a floor, and a tail of slow ones.
    fn measured(random: &mut fastrand::Rng, count: usize, floor: f64) -> Benchmark {
        let samples: Vec<f64> = (0..count)
            .map(|_| floor - (1.0 - random.f64()).ln() * floor * 0.1)
            .collect();
        Benchmark::of_samples("b", &samples)
    }

    /// The same benchmark as a report without single measurements states it.
    fn stated(benchmark: &Benchmark) -> Benchmark {
        Benchmark {
            samples_ms: Vec::new(),
            ..benchmark.clone()
        }
    }

    #[test]
    fn tests_of_the_same_are_significant_no_more_often_than_their_chance() {
        const ROUNDS: usize = 4_000;
        let mut random = fastrand::Rng::with_seed(7);
        for (left, right) in [(8, 8), (20, 12), (40, 60)] {
            let mut significant = 0;
            for _ in 0..ROUNDS {
                let now = measured(&mut random, left, 10.0);
                let before = measured(&mut random, right, 10.0);
                let probability = mann_whitney(&now.samples_ms, &before.samples_ms);
                significant += usize::from(probability <= 0.05);
            }
            // 5 % are 200; four standard deviations are 55.
            assert!(significant <= 255, "{left}, {right}: {significant}");
        }
    }

    #[test]
    fn the_same_is_called_slower_no_more_often_than_its_chance() {
        const ROUNDS: u32 = 2_000;
        let mut random = fastrand::Rng::with_seed(23);
        for (left, right) in [(2, 3), (3, 3), (5, 20), (9, 33), (30, 30), (60, 40)] {
            let (mut by_samples, mut by_figures) = (0, 0);
            for _ in 0..ROUNDS {
                let now = measured(&mut random, left, 10.0);
                let before = measured(&mut random, right, 10.0);
                let is_slower = |now: &Benchmark, before: &Benchmark| {
                    compare(now, before, 0.01).is_some_and(|comparison| comparison.is_slower)
                };
                by_samples += u32::from(is_slower(&now, &before));
                by_figures += u32::from(is_slower(&stated(&now), &stated(&before)));
            }
            // 1 % are 20; four standard deviations are 18.
            let alarms = (by_samples, by_figures);
            assert!(
                by_samples <= 38 && by_figures <= 38,
                "{left}, {right}: {alarms:?}"
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_shift_far_beyond_the_spread_is_always_found(seed: u64, left in 2_usize..60, right in 2_usize..60) {
            let mut random = fastrand::Rng::with_seed(seed);
            let now = measured(&mut random, left, 1_000.0);
            let before = measured(&mut random, right, 10.0);
            // Of fewer, no order is rare enough, and a spread is hardly known.
            prop_assume!(smallest_chance(left, right) <= 0.01);
            let found = compare(&now, &before, 0.01).unwrap();
            prop_assert!(found.is_slower, "{found:?}");
            prop_assert!(compare(&before, &now, 0.01).unwrap().change_percent < 0.0);
        }

        #[test]
        fn whatever_is_stated_gives_no_nonsense(
            now in prop::collection::vec(0.0..1e12_f64, 0..12),
            before in prop::collection::vec(0.0..1e12_f64, 0..12),
            chance in 1e-6..0.5_f64,
        ) {
            let (now, before) = (Benchmark::of_samples("b", &now), Benchmark::of_samples("b", &before));
            for (now, before) in [(now.clone(), before.clone()), (stated(&now), stated(&before))] {
                if let Some(comparison) = compare(&now, &before, chance) {
                    prop_assert!(!comparison.change_percent.is_nan());
                    prop_assert!(!comparison.is_slower || comparison.change_percent > 0.0);
                }
            }
        }
    }
}
