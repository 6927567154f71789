//! Tables of records: a heading with the names, a row for each record. PowerShell rules a line below the heading,
//! `wmic` ends every column with two spaces, and both write comma-separated values.

use super::text;

/// A record's names and values with the line they stand in.
pub type Row = (usize, Vec<(String, String)>);

/// `None` where the text is no table.
pub fn read(input: &str) -> Option<Vec<Row>> {
    let lines: Vec<(usize, &str)> = text::lines(input)
        .map(|(number, line)| (number, line.trim_end()))
        .filter(|(_, line)| !line.is_empty())
        .collect();
    ruled(&lines).or_else(|| separated(&lines)).or_else(|| in_columns(&lines))
}

/// ```text
/// displayName       productState
/// -----------       ------------
/// Windows Defender        393472
/// ```
fn ruled(lines: &[(usize, &str)]) -> Option<Vec<Row>> {
    let is_rule = |line: &str| line.starts_with("--") && line.chars().all(|c| matches!(c, '-' | ' '));
    let at = lines.iter().position(|(_, line)| is_rule(line)).filter(|at| *at > 0)?;
    let (heading, rule) = (lines[at - 1].1, lines[at].1);
    let starts: Vec<usize> = starts_of(rule, 1);
    let names: Vec<&str> = heading.split_whitespace().collect();
    // Numbers stand to the right, and so do their names: a name belongs to the dashes that it stands above.
    (names.len() == starts.len() && names.len() > 1).then(|| {
        let ends = ends_of(rule);
        let rows = lines[at + 1..].iter().take_while(|(_, line)| !is_prompt(line));
        rows.map(|(number, line)| (*number, pair(&names, cells(line, &starts, &ends)))).collect()
    })
}

fn is_prompt(line: &str) -> bool {
    line.starts_with("PS ") || line.contains(":\\>")
}

/// Positions, in characters, where words that at least `gap` spaces stand before begin.
fn starts_of(line: &str, gap: usize) -> Vec<usize> {
    let letters: Vec<char> = line.chars().collect();
    let blank = |at: usize| letters.get(at).is_some_and(|c| *c == ' ');
    (0..letters.len())
        .filter(|at| !blank(*at) && (*at == 0 || (*at >= gap && (at - gap..*at).all(blank))))
        .collect()
}

fn ends_of(rule: &str) -> Vec<usize> {
    let letters: Vec<char> = rule.chars().collect();
    let dash = |at: usize| letters.get(at) == Some(&'-');
    (0..letters.len()).filter(|at| dash(*at) && !dash(at + 1)).map(|at| at + 1).collect()
}

/// A value may be wider than the dashes of its column on either side, but not reach into the next one.
fn cells(line: &str, starts: &[usize], ends: &[usize]) -> Vec<String> {
    let letters: Vec<char> = line.chars().collect();
    let blank = |at: usize| letters.get(at).is_none_or(|c| *c == ' ');
    let mut from = 0;
    let mut found = Vec::new();
    for (at, end) in ends.iter().enumerate() {
        let next = starts.get(at + 1).copied().unwrap_or(letters.len()).min(letters.len());
        // The last blank before the next column parts the two.
        let to = if at + 1 == ends.len() {
            letters.len()
        } else {
            (*end..next).rev().find(|at| blank(*at)).unwrap_or(next)
        };
        let text: String =
            letters.get(from.min(to)..to.min(letters.len())).unwrap_or_default().iter().collect();
        found.push(text.trim().to_owned());
        from = to;
    }
    found
}

/// `Node,displayName,productState`, with or without quotation marks.
fn separated(lines: &[(usize, &str)]) -> Option<Vec<Row>> {
    let lines: Vec<_> = lines.iter().filter(|(_, line)| !line.starts_with("#TYPE")).collect();
    let names = fields(lines.first()?.1);
    let named = |name: &String| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let rows = lines.get(1..)?;
    (names.len() > 1 && names.iter().all(named) && !rows.is_empty()).then(|| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        rows.iter().map(|(number, line)| (*number, pair(&names, fields(line)))).collect()
    })
}

/// A quoted field may hold commas; its quotation marks are doubled.
fn fields(line: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut quoted = false;
    for part in line.split_inclusive(['"', ',']) {
        let (text, mark) = match part.strip_suffix(['"', ',']) {
            Some(text) => (text, part.chars().last()),
            None => (part, None),
        };
        let Some(last) = found.last_mut() else { break };
        last.push_str(text);
        match mark {
            Some('"') => quoted = !quoted,
            Some(_) if quoted => last.push(','),
            Some(_) => found.push(String::new()),
            None => {}
        }
    }
    found
}

/// `wmic` without `/format`: columns begin where the names of the heading begin, two spaces after the widest value.
fn in_columns(lines: &[(usize, &str)]) -> Option<Vec<Row>> {
    let (_, heading) = lines.first()?;
    let starts = starts_of(heading, 2);
    let names: Vec<&str> = heading.split("  ").map(str::trim).filter(|name| !name.is_empty()).collect();
    let named = |name: &&str| name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let rows = lines.get(1..)?;
    (names.len() > 1 && names.len() == starts.len() && names.iter().all(named) && !rows.is_empty()).then(
        || {
            let cell = |line: &str, at: usize| -> String {
                let from = starts[at];
                let to = starts.get(at + 1).copied().unwrap_or(usize::MAX);
                line.chars().skip(from).take(to - from).collect::<String>().trim().to_owned()
            };
            let cells = |line: &str| (0..starts.len()).map(|at| cell(line, at)).collect();
            rows.iter().map(|(number, line)| (*number, pair(&names, cells(line)))).collect()
        },
    )
}

fn pair(names: &[&str], values: Vec<String>) -> Vec<(String, String)> {
    names.iter().map(|name| (*name).to_owned()).zip(values).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(input: &str) -> Vec<Vec<String>> {
        let rows = read(input).unwrap();
        rows.into_iter().map(|(_, fields)| fields.into_iter().map(|(_, value)| value).collect()).collect()
    }

    #[test]
    fn tables_of_powershell() {
        let table = "\nPS C:\\> Get-It\n\ndisplayName                 productState\n-----------                 ------------\n\
            Windows Defender                  393472\nKaspersky Internet Security       266240\n\n\nPS C:\\>\n";
        assert_eq!(
            values(table),
            [["Windows Defender", "393472"], ["Kaspersky Internet Security", "266240"]]
        );
        let narrow = "AMRunningMode AntivirusEnabled RealTimeProtectionEnabled\n------------- ---------------- -------------------------\n\
            Normal                    True                     False\n";
        assert_eq!(values(narrow), [["Normal", "True", "False"]]);
    }

    #[test]
    fn tables_of_wmic() {
        let table = "displayName       productState  \r\r\nWindows Defender  397568        \r\r\nBkav Endpoint AI  266240  \r\r\n\r\r\n";
        assert_eq!(values(table), [["Windows Defender", "397568"], ["Bkav Endpoint AI", "266240"]]);
        let list = "\r\r\nNode,displayName,productState\r\r\nPC-01,Avast Antivirus,266240\r\r\n";
        assert_eq!(values(list), [["PC-01", "Avast Antivirus", "266240"]]);
    }

    #[test]
    fn comma_separated_values_of_powershell() {
        let list = "#TYPE Selected\n\"displayName\",\"timestamp\",\"productState\"\n\"A \"\"b\"\"\",\"Thu, 08 Feb 2024\",\"266240\"\n";
        assert_eq!(values(list), [["A b", "Thu, 08 Feb 2024", "266240"]]);
    }

    #[test]
    fn other_texts_are_no_tables() {
        for text in ["", "displayName : A\nproductState : 1\n", "No Instance(s) Available.\n", "A  B\n"] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a-zA-Z\",é -]{0,30}\n(-{2,9} ){0,4}\n.{0,40}\n.{0,40}", any in ".{0,60}") {
            let _ = (read(&text), read(&any));
        }
    }
}
