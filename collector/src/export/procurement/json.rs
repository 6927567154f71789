//! `[{"unit","unit_name","group","item","quantity","unit_price","amount","year",…}]`: money in whole đồng,
//! `null` where nobody priced the item; `grounds` names the rules, devices and links behind a need.

use super::NeedRow;
use crate::export::Output;
use anyhow::Result;
use serde_json::json;

pub fn write(rows: &[NeedRow], output: Output) -> Result<()> {
    let rows = rows.iter().map(object).collect::<Result<Vec<_>>>()?;
    serde_json::to_writer_pretty(&mut *output, &rows)?;
    Ok(output.write_all(b"\n")?)
}

fn object(row: &NeedRow) -> Result<serde_json::Value> {
    let mut object = serde_json::to_value(&row.need)?;
    let grounds = object.get_mut("grounds").and_then(serde_json::Value::as_array_mut);
    for (shown, ground) in grounds.into_iter().flatten().zip(&row.need.grounds) {
        shown["text"] = json!(ground.text_vi());
    }
    if let Some(fields) = object.as_object_mut() {
        fields.insert("unit_name".to_owned(), json!(row.unit.full_name));
        fields.insert("group".to_owned(), json!(row.group.code));
        fields.insert("justification".to_owned(), json!(row.need.justification()));
    }
    Ok(object)
}
