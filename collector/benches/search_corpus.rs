//! The product's search over a corpus of devices: totals and counts by district must be right, and the times
//! are printed. `KIEMKE_SEARCH_CORPUS` names a folder with `corpus.jsonl` and `queries.txt`; without it nothing
//! runs. `KIEMKE_SEARCH_DEVICES` takes only the first devices (totals are not checked then),
//! `KIEMKE_SEARCH_NAMES=1` makes host names and serials found by any part as well (totals may be higher).

use anyhow::{Context, Result, ensure};
use kiemke_collector::search::{Answer, Document, Kind, ProtectionStatus, Request, SearchIndex, UnitName};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fs::{self, File},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

const BATCH: usize = 2_000;
const MEASURED_PASSES: usize = 3;
const UPDATED_BATCHES: usize = 20;

fn main() -> Result<()> {
    let Some(corpus) = env::var_os("KIEMKE_SEARCH_CORPUS").map(PathBuf::from) else {
        eprintln!("SKIPPED: KIEMKE_SEARCH_CORPUS names no corpus");
        return Ok(());
    };
    let devices: Option<usize> = env::var("KIEMKE_SEARCH_DEVICES").ok().map(|n| n.parse()).transpose()?;
    let names = env::var_os("KIEMKE_SEARCH_NAMES").is_some();
    let documents = read_corpus(&corpus.join("corpus.jsonl"), devices.unwrap_or(usize::MAX), names)?;
    let queries = read_queries(&corpus.join("queries.txt"))?;
    let dir = tempfile::tempdir_in(&corpus)?;
    let index = SearchIndex::open(dir.path())?;
    fill(&index, &documents, dir.path())?;
    let check = devices.is_none() && !names;
    measure_queries(&index, &queries, check)?;
    measure_updates(&index, &documents, &queries)
}

#[derive(Deserialize)]
struct Device {
    id: u64,
    district: u64,
    text: BTreeMap<String, serde_json::Value>,
}

fn read_corpus(path: &Path, limit: usize, names: bool) -> Result<Vec<Document>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let lines = BufReader::new(file).lines().take(limit);
    lines.map(|line| document(&serde_json::from_str(&line?)?, names)).collect()
}

fn document(device: &Device, names: bool) -> Result<Document> {
    let text = |field: &str| {
        device.text.get(field).and_then(|value| value.as_str()).with_context(|| format!("no {field}"))
    };
    let unit = text("unit")?;
    let names_of_units: Vec<&str> = unit.split(", ").collect();
    let [commune, district, province] = names_of_units[..] else {
        anyhow::bail!("unit {unit:?} has not three names")
    };
    let units = [
        (format!("p{province}"), province),
        (format!("d{}", device.district), district),
        (format!("c{}{commune}", device.district), commune),
    ];
    let units =
        units.map(|(code, name)| UnitName { code, name: name.to_owned(), full_name: name.to_owned() });
    let title = text("hostname")?.to_owned();
    let id = device.id.to_string();
    let mut made = Document::new(format!("device:{id}"), Kind::Workstation, id, units.to_vec(), title);
    for (field, value) in &device.text {
        match value {
            serde_json::Value::String(value) if field != "hostname" && field != "unit" => {
                made.text.push(value.clone())
            }
            serde_json::Value::Array(values) => {
                made.text.extend(values.iter().filter_map(|value| value.as_str()).map(str::to_owned));
            }
            _ => {}
        }
    }
    made.systems = vec![text("os")?.to_owned()];
    let unprotected = text("antivirus")? == "none";
    made.protection = Some(if unprotected { ProtectionStatus::None } else { ProtectionStatus::On });
    made.serials = vec![text("serial")?.to_owned()];
    if names {
        made.names = vec![made.title.clone(), made.serials[0].clone()];
    }
    Ok(made)
}

struct Query {
    class: String,
    text: String,
    total: u64,
    districts: usize,
}

fn read_queries(path: &Path) -> Result<Vec<Query>> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let query = |line: &str| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [_, class, filter, text, total, districts] = columns[..] else {
            anyhow::bail!("{line:?} has not six columns")
        };
        let filter = if filter == "antivirus=none" { "av:none " } else { filter };
        Ok(Query {
            class: class.to_owned(),
            text: format!("{filter}{text}"),
            total: total.parse()?,
            districts: districts.parse()?,
        })
    };
    lines.map(query).collect()
}

fn fill(index: &SearchIndex, documents: &[Document], dir: &Path) -> Result<()> {
    let started = Instant::now();
    let rebuild = index.start_rebuild()?;
    for batch in documents.chunks(BATCH) {
        rebuild.add(batch.to_vec())?;
    }
    rebuild.finish("filled")?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(index.document_count()? == documents.len() as u64, "documents were lost");
    println!(
        "filled: {} documents in {seconds:.1} s ({:.0}/s), {:.0} MB on disk",
        documents.len(),
        documents.len() as f64 / seconds,
        bytes_below(dir)? as f64 / 1e6
    );
    Ok(())
}

fn bytes_below(dir: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let is_dir = entry.file_type()?.is_dir();
        bytes += if is_dir { bytes_below(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}

fn search(index: &SearchIndex, query: &Query) -> Result<(Answer, Duration)> {
    let request = Request { text: query.text.clone(), limit: 20, ..Request::default() };
    let started = Instant::now();
    let answer = index.search(&request)?;
    Ok((answer, started.elapsed()))
}

fn measure_queries(index: &SearchIndex, queries: &[Query], check: bool) -> Result<()> {
    let mut wrong = 0;
    for query in queries {
        let (answer, _) = search(index, query)?;
        let listed = answer.hits.len() as u64 == answer.total.min(20);
        if check && (answer.total != query.total || answer.facets.unit.len() != query.districts || !listed) {
            eprintln!(
                "wrong: {:?} {} of {} hits, {} of {} districts",
                query.text,
                answer.total,
                query.total,
                answer.facets.unit.len(),
                query.districts
            );
            wrong += 1;
        }
    }
    let mut times = vec![Vec::new(); queries.len()];
    for _ in 0..MEASURED_PASSES {
        for (query, times) in queries.iter().zip(&mut times) {
            times.push(search(index, query)?.1);
        }
    }
    let medians: Vec<Duration> = times.into_iter().map(|times| at(times, 0.5)).collect();
    let classes: BTreeSet<&str> = queries.iter().map(|query| query.class.as_str()).collect();
    print_times("all", medians.clone());
    for class in classes {
        let of_class = queries.iter().zip(&medians).filter(|(query, _)| query.class == class);
        print_times(class, of_class.map(|(_, median)| *median).collect());
    }
    if check {
        println!("{wrong} of {} answers wrong", queries.len());
    }
    ensure!(wrong == 0, "{wrong} wrong answers");
    Ok(())
}

fn at(mut times: Vec<Duration>, share: f64) -> Duration {
    times.sort_unstable();
    times.get(((times.len() as f64 - 1.0) * share) as usize).copied().unwrap_or_default()
}

fn print_times(name: &str, times: Vec<Duration>) {
    let ms = |share: f64| at(times.clone(), share).as_secs_f64() * 1e3;
    let (count, p50, p95, p99, max) = (times.len(), ms(0.5), ms(0.95), ms(0.99), ms(1.0));
    println!("  {name:<10} n {count:>3}  p50 {p50:6.2}  p95 {p95:6.2}  p99 {p99:6.2}  max {max:6.2} ms");
}

/// Batches of known devices come in again while the queries are asked.
fn measure_updates(index: &SearchIndex, documents: &[Document], queries: &[Query]) -> Result<()> {
    let batches: Vec<Vec<Document>> = (0..UPDATED_BATCHES)
        .map(|round| {
            let step = (documents.len() / BATCH).max(1);
            documents.iter().skip(round).step_by(step).take(BATCH).cloned().collect()
        })
        .collect();
    let (commits, searches) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut times = Vec::new();
            for (round, batch) in batches.iter().enumerate() {
                let started = Instant::now();
                index.upsert(batch)?;
                index.commit(&round.to_string())?;
                times.push(started.elapsed());
            }
            anyhow::Ok(times)
        });
        let mut searches = Vec::new();
        for query in queries.iter().cycle() {
            if writer.is_finished() {
                break;
            }
            searches.push(search(index, query)?.1);
        }
        let commits = writer.join().map_err(|_| anyhow::anyhow!("the writer panicked"))??;
        anyhow::Ok((commits, searches))
    })?;
    let total: Duration = commits.iter().sum();
    let written = batches.iter().map(Vec::len).sum::<usize>();
    println!("updates while searching: {:.0} documents/s", written as f64 / total.as_secs_f64());
    print_times("commit", commits);
    print_times("search", searches);
    Ok(())
}
