use linkage::table::{Mapping, Table, measure};
use linkage::{Linker, Thresholds, Weights, train};
use std::collections::HashMap;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let (input, map, threshold) = (&args[1], &args[2], args[3].parse::<f64>().unwrap());
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_path(input)
        .unwrap();
    let headers = reader.headers().unwrap().clone();
    let headers: Vec<&str> = headers.iter().collect();
    let mapping = Mapping::parse(&std::fs::read_to_string(map).unwrap(), &headers).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let begin = std::time::Instant::now();
    let table = Table::of(&mapping, rows.iter().map(|row| row.iter().collect::<Vec<_>>()));
    eprintln!("read {:?}; keys:", begin.elapsed());
    for key in table.model.keys() {
        eprintln!("  {}", table.model.describe(key));
    }
    let weights = if args.len() > 4 && args[4] != "-" {
        Weights::parse(&std::fs::read_to_string(&args[4]).unwrap(), &table.model).unwrap()
    } else {
        let start = args
            .get(5)
            .map(|f| Weights::parse(&std::fs::read_to_string(f).unwrap(), &table.model).unwrap());
        let t = train::train(
            &table.model,
            &table.dictionary,
            &table.records,
            &table.frequencies,
            start.as_ref(),
        );
        eprintln!(
            "trained: pairs {} matches {:.0} rounds {} {:?}",
            t.pairs,
            t.expected_matches,
            t.rounds,
            begin.elapsed()
        );
        std::fs::write("/tmp/w.toml", t.weights.to_toml(&table.model)).unwrap();
        t.weights
    };
    let id = mapping.id.unwrap_or(0);
    let begin = std::time::Instant::now();
    let n = table.records.len();
    let mut linker: Linker<u32> = Linker::new(
        table.model,
        weights,
        Thresholds {
            link: threshold,
            review: 0.05,
        },
    )
    .of_table(table.dictionary, table.frequencies, n);
    for (n, record) in table.records.iter().enumerate() {
        if linker.insert(n as u32, record).is_err() {
            linker.insert_unlinked(n as u32, record);
        }
    }
    let took = begin.elapsed();
    let clusters = linker.partition();
    let reviews = linker.reviews();
    // truth
    let mut people: HashMap<String, u32> = HashMap::new();
    let truth_column = std::env::var("TRUTH").ok();
    let truth: Vec<Option<u32>> = rows
        .iter()
        .map(|row| {
            let key = match &truth_column {
                Some(c) => row[headers.iter().position(|h| h == c).unwrap()].to_owned(),
                None => row[id].split('-').nth(1).unwrap().to_owned(),
            };
            let next = people.len() as u32;
            Some(*people.entry(key).or_insert(next))
        })
        .collect();
    let m = measure(&clusters, &truth);
    let right = reviews
        .iter()
        .filter(|e| truth[e.left as usize] == truth[e.right as usize])
        .count();
    println!(
        "precision {:.5} recall {:.5} f1 {:.5} b3 {:.5} clusters {} reviews/1000 {:.2} true {:.1}% rate {:.0}/s pairs/rec {:.1} cut {}",
        m.precision,
        m.recall,
        m.f1,
        m.b_cubed,
        clusters.len(),
        reviews.len() as f64 * 1000.0 / n as f64,
        right as f64 * 100.0 / reviews.len().max(1) as f64,
        n as f64 / took.as_secs_f64(),
        linker.counters().pairs as f64 / n as f64,
        linker.counters().blocks_cut
    );
    if std::env::var("ERRORS").is_ok() {
        let mut of = vec![0; n];
        for (c, cluster) in clusters.iter().enumerate() {
            for &r in cluster {
                of[r as usize] = c;
            }
        }
        let show = |r: usize| println!("   {}", rows[r].iter().collect::<Vec<_>>().join(" | "));
        let mut by: HashMap<u32, Vec<usize>> = HashMap::new();
        for (r, t) in truth.iter().enumerate() {
            by.entry(t.unwrap()).or_default().push(r);
        }
        let mut k = 0;
        for members in by.values() {
            for i in 0..members.len() {
                for j in i + 1..members.len() {
                    let (a, b) = (members[i], members[j]);
                    if of[a] != of[b] && k < 100000 {
                        k += 1;
                        println!(
                            "MISSED {:?}",
                            linker
                                .compare(a as u32, b as u32)
                                .map(|(_, s)| s.log_odds(&linker.prior()))
                        );
                        show(a);
                        show(b);
                    }
                }
            }
        }
        let mut k = 0;
        for cluster in &clusters {
            for i in 0..cluster.len() {
                for j in i + 1..cluster.len() {
                    let (a, b) = (cluster[i] as usize, cluster[j] as usize);
                    if truth[a] != truth[b] && k < 40 {
                        k += 1;
                        println!(
                            "WRONG {:?}",
                            linker
                                .compare(a as u32, b as u32)
                                .map(|(_, s)| s.log_odds(&linker.prior()))
                        );
                        show(a);
                        show(b);
                    }
                }
            }
        }
    }
}
