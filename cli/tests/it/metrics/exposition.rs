//! The text format of Prometheus, version 0.0.4, read as strictly as `promtool check metrics` does
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>).

use std::collections::BTreeMap;

/// Every series with its labels as they are written, and its value.
#[derive(Debug, Default)]
pub(crate) struct Exposition {
    series: BTreeMap<String, String>,
    types: BTreeMap<String, String>,
}

impl Exposition {
    /// Reads an answer, and fails where it breaks a rule.
    pub(crate) fn parse(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line has no end");
        let mut read = Self::default();
        let mut helped = Vec::new();
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, words) = help.split_once(' ').unwrap();
                assert!(!words.is_empty() && !helped.contains(&name), "{line}");
                helped.push(name);
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').unwrap();
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert_eq!(helped.last(), Some(&name), "help comes before the type");
                let before = read.types.insert(name.to_owned(), kind.to_owned());
                assert_eq!(before, None, "{line}");
            } else {
                read.sample(line, helped.last().unwrap());
            }
        }
        read.check_histograms();
        read
    }

    fn sample(&mut self, line: &str, family: &str) {
        let (series, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        let is_histogram = self.types[family] == "histogram";
        let suffix = name.strip_prefix(family).unwrap();
        assert!(
            suffix.is_empty() || is_histogram && ["_bucket", "_sum", "_count"].contains(&suffix),
            "{line}"
        );
        assert!(labels.ends_with('}') && !labels.contains('\\'), "{line}");
        if self.types[family] == "counter" {
            assert!(name.ends_with("_total"), "{line}");
        }
        value.parse::<f64>().unwrap();
        let twice = self.series.insert(series.to_owned(), value.to_owned());
        assert_eq!(twice, None, "{line}");
    }

    /// Buckets grow, and the last one has everything.
    fn check_histograms(&self) {
        for (series, count) in &self.series {
            let Some((name, labels)) = series.split_once("_count{") else {
                continue;
            };
            let start = format!("{name}_bucket{{{},le=\"", labels.trim_end_matches('}'));
            let mut buckets: Vec<(f64, u64)> = self
                .series
                .iter()
                .filter_map(|(series, value)| {
                    let bound = series.strip_prefix(&start)?.trim_end_matches("\"}");
                    Some((bound.parse().unwrap(), value.parse().unwrap()))
                })
                .collect();
            buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
            assert!(buckets.is_sorted_by_key(|(_, value)| *value), "{buckets:?}");
            let (bound, all) = buckets.last().unwrap();
            assert!(bound.is_infinite() && all.to_string() == *count, "{series}");
        }
    }

    /// The value of a series, written as the server writes it.
    pub(crate) fn value(&self, series: &str) -> Option<u64> {
        Some(self.series.get(series)?.parse().unwrap())
    }

    /// How many series there are.
    pub(crate) fn len(&self) -> usize {
        self.series.len()
    }

    /// The sum of all series of a family.
    pub(crate) fn sum(&self, family: &str) -> u64 {
        let of_family = |series: &&String| series.split('{').next() == Some(family);
        let series = self.series.keys().filter(of_family);
        series.filter_map(|series| self.value(series)).sum()
    }
}
