use crate::{
    app::App,
    search::{Answer, Request, SearchIndex},
};
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::io::Write;

/// All words must match, in any field; diacritics and case do not matter.
#[derive(clap::Args, Serialize, Deserialize)]
#[command(
    after_help = "Filters: unit: kind: os: av: isp: flag: serial:, \"phrases\", - to exclude, * after a start.\n\n\
Examples:\n  kiemke-collector search 'may quet phuong ben nghe'\n  \
kiemke-collector search 'os:\"Windows 7\" unit:760 -kind:laptop' --json"
)]
pub struct Args {
    #[arg(allow_hyphen_values = true, value_name = "QUERY")]
    pub query: String,
    /// Hits to list
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub limit: usize,
    /// Hits to pass over first
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub offset: usize,
    /// The last word is only the start of one, as in the search box of the web page
    #[arg(long)]
    pub typing: bool,
    #[arg(long)]
    pub json: bool,
}

pub async fn run(app: &App, args: &Args, output: &mut (dyn Write + Send)) -> Result<()> {
    write_answer(args, &answer(&app.search, args)?, output)
}

fn answer(index: &SearchIndex, args: &Args) -> Result<Answer> {
    let request = Request {
        text: args.query.clone(),
        typing: args.typing,
        limit: args.limit,
        offset: args.offset,
        scope: None,
    };
    Ok(tokio::task::block_in_place(|| index.search(&request))?)
}

fn write_answer(args: &Args, answer: &Answer, output: &mut (dyn Write + Send)) -> Result<()> {
    if args.json {
        serde_json::to_writer(&mut *output, answer)?;
        writeln!(output)?;
        return Ok(());
    }
    for forgiven in &answer.forgiven {
        writeln!(
            output,
            "Nothing matches {:?}; searched for {} instead.",
            forgiven.typed,
            forgiven.used.join(", ")
        )?;
    }
    for hit in &answer.hits {
        writeln!(output, "{:<14} {}  [{}]  {}", hit.kind, hit.title, hit.unit, hit.unit_path)?;
        if !hit.snippet.is_empty() {
            writeln!(output, "{:<14} {}", "", hit.snippet.text)?;
        }
    }
    writeln!(output, "{} of {} hits in {:.1} ms", answer.hits.len(), answer.total, answer.took_ms)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{Document, Kind, UnitName};
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn args(line: &[&str]) -> Args {
        Line::try_parse_from([&["search"], line].concat()).unwrap().args
    }

    #[test]
    fn a_query_may_begin_with_an_exclusion() {
        let args = args(&["-dell kind:printer", "--json", "--limit", "5"]);
        assert_eq!((args.query.as_str(), args.json, args.limit), ("-dell kind:printer", true, 5));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn hits_are_written_for_people_and_for_programs() {
        let dir = tempfile::tempdir().unwrap();
        let index = SearchIndex::open(dir.path()).unwrap();
        let unit =
            UnitName {
                code: "26740".into(), name: "Bến Nghé".into(), full_name: "Phường Bến Nghé".into()
            };
        let mut printer =
            Document::new("p".into(), Kind::Printer, "usb:1".into(), vec![unit], "Canon LBP 2900".into());
        printer.device = Some("abc".into());
        printer.synonyms = vec!["Máy in".into(), "printer".into()];
        printer.facts = vec!["KX20417".into()];
        index.upsert(&[printer]).unwrap();
        index.commit("1").unwrap();
        let text = |args: &Args| {
            let mut answer = answer(&index, args).unwrap();
            answer.took_ms = 1.0;
            let mut output = Vec::new();
            write_answer(args, &answer, &mut output).unwrap();
            String::from_utf8(output).unwrap()
        };
        assert_eq!(
            text(&args(&["may in kx20417"])),
            "printer        Canon LBP 2900  [26740]  Phường Bến Nghé\n               KX20417\n1 of 1 hits in 1.0 ms\n"
        );
        let json: serde_json::Value = serde_json::from_str(&text(&args(&["cannon", "--json"]))).unwrap();
        assert_eq!(json["total"], 1);
        assert_eq!(json["hits"][0]["device"], "abc");
        assert_eq!(json["hits"][0]["unit"], "26740");
        assert_eq!(json["hits"][0]["kind"], "printer");
        assert_eq!(json["forgiven"], serde_json::json!([{"typed": "cannon", "used": ["canon"]}]));
    }
}
