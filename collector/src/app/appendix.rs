//! From the store to the rows of an appendix, a few units at a time: memory stays flat for a province.

use super::{App, plan};
use crate::{
    forms::{
        FormKind, Row, equipment, infrastructure, network,
        numbering::{self, Numbered},
        software, totals,
    },
    inventory::{Unit, UnitInventory, counting::View},
    procurement::Need,
    store::time,
};
use anyhow::Result;
use jiff::Timestamp;
use std::collections::BTreeMap;

const UNITS_AT_ONCE: usize = 64;

#[derive(Debug, Clone, Copy)]
pub struct Appendix<'a> {
    pub kind: FormKind,
    /// The unit whose form it is; everything below belongs to it.
    pub root: &'a Unit,
    pub at: Timestamp,
    /// A last row with the sums of the equipment appendix.
    pub totals: bool,
}

/// Takes rows as they come.
pub type Sink<'a> = &'a mut (dyn FnMut(Row) -> Result<()> + Send);

impl Appendix<'_> {
    pub async fn rows(&self, app: &App, sink: Sink<'_>) -> Result<()> {
        let subtree = app.store.subtree(&self.root.code, time::local_date(self.at)).await?;
        let numbered = numbering::number(self.root, &subtree);
        let mut writer = RowWriter::new(*self);
        for part in numbered.chunks(UNITS_AT_ONCE) {
            writer.units(app, part, sink).await?;
        }
        writer.finish(sink)
    }
}

/// What is carried from one group of units to the next.
struct RowWriter<'a> {
    form: Appendix<'a>,
    totals: totals::Totals,
    systems: usize,
    infrastructure: infrastructure::Rows,
}

impl<'a> RowWriter<'a> {
    fn new(form: Appendix<'a>) -> Self {
        Self { form, totals: Default::default(), systems: 0, infrastructure: Default::default() }
    }

    async fn units(&mut self, app: &App, part: &[Numbered], sink: Sink<'_>) -> Result<()> {
        let codes: Vec<String> = part.iter().map(|numbered| numbered.unit.code.clone()).collect();
        let inventories = app.store.inventory(&codes, self.form.at).await?;
        let needs = match self.form.kind {
            FormKind::Equipment => plan::adopted_needs(app, &inventories, self.form.at).await?,
            _ => BTreeMap::new(),
        };
        let numbers: BTreeMap<&str, &str> =
            part.iter().map(|numbered| (numbered.unit.code.as_str(), numbered.number.as_str())).collect();
        for inventory in &inventories {
            let code = inventory.unit.code.as_str();
            let number = numbers.get(code).copied().unwrap_or_default();
            let view = View { inventory, thresholds: &app.thresholds(), now: self.form.at };
            self.unit(number, view, needs.get(code).map_or(&[], Vec::as_slice), sink)?;
        }
        Ok(())
    }

    fn unit(&mut self, number: &str, view: View<'_>, needs: &[Need], sink: Sink<'_>) -> Result<()> {
        let below_root = view.inventory.unit.code != self.form.root.code;
        match self.form.kind {
            FormKind::Equipment => {
                if below_root || self.is_office(view.inventory) {
                    self.totals.add(view, needs);
                    sink(equipment::row(number, view, needs))?;
                }
            }
            FormKind::Network => {
                for row in network::rows(self.systems + 1, view, below_root) {
                    self.systems += 1;
                    sink(row)?;
                }
            }
            FormKind::Infrastructure => self.infrastructure.add(view, below_root),
            FormKind::Software => {
                for row in software::rows(self.systems + 1, view, below_root) {
                    self.systems += 1;
                    sink(row)?;
                }
            }
        }
        Ok(())
    }

    /// The form has no row for a province; its own office gets one when it has something to show.
    fn is_office(&self, inventory: &UnitInventory) -> bool {
        let province = inventory.unit.level == crate::inventory::unit::Level::Province;
        !province || !inventory.devices.is_empty() || !inventory.declarations.is_empty()
    }

    fn finish(self, sink: Sink<'_>) -> Result<()> {
        match self.form.kind {
            FormKind::Equipment if self.form.totals => sink(self.totals.row(&self.form.root.code)),
            FormKind::Infrastructure => self.infrastructure.finish(&self.form.root.code).try_for_each(sink),
            _ => Ok(()),
        }
    }
}
