//! Every vector compared, by a plain program over the file.

use rusqlite::Connection;

/// The similarities of the ten nearest of every so many, nearest first.
pub(crate) fn nearest(raw: &Connection, query: &[f32], every: usize) -> Vec<f32> {
    let sql = "SELECT vector FROM vectors_1 WHERE (document - 1) % ?1 = 0";
    let mut scan = raw.prepare_cached(sql).unwrap();
    let mut rows = scan.query([i64::try_from(every).unwrap()]).unwrap();
    let mut best: Vec<f32> = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let similarity = similarity(query, row.get_ref(0).unwrap().as_blob().unwrap());
        if best.len() == 10 && best[9] >= similarity {
            continue;
        }
        best.truncate(9);
        let place = best.partition_point(|other| *other >= similarity);
        best.insert(place, similarity);
    }
    best
}

fn similarity(query: &[f32], blob: &[u8]) -> f32 {
    let mut sums = [[0_f32; 16]; 3];
    let (numbers, _) = blob.as_chunks::<4>();
    for (numbers, query) in numbers
        .as_chunks::<16>()
        .0
        .iter()
        .zip(query.as_chunks::<16>().0)
    {
        for lane in 0..16 {
            let number = f32::from_le_bytes(numbers[lane]);
            sums[0][lane] += number * query[lane];
            sums[1][lane] += number * number;
            sums[2][lane] += query[lane] * query[lane];
        }
    }
    let [product, one, other] = sums.map(|lanes| lanes.iter().sum::<f32>());
    f32::midpoint(1.0, product / (one * other).sqrt())
}
