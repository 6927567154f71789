//! The memory slots of a computer, whichever way its SMBIOS table was read.

use kiemke_schemas::section::hardware::{Memory, MemoryModule};

/// What an array of slots holds: firmware flash and video memory have arrays too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Main,
    Other,
    Unknown,
}

/// Arrays and slots by the handle of the array, in any order.
#[derive(Debug)]
pub struct Slots<H> {
    arrays: Vec<(H, Use)>,
    slots: Vec<(Option<H>, Option<MemoryModule>)>,
}

impl<H> Default for Slots<H> {
    fn default() -> Self {
        Self { arrays: Vec::new(), slots: Vec::new() }
    }
}

impl<H: PartialEq> Slots<H> {
    pub fn array(&mut self, handle: H, what: Use) {
        self.arrays.push((handle, what));
    }

    /// `module` is `None` for an empty slot.
    pub fn slot(&mut self, array: Option<H>, module: Option<MemoryModule>) {
        self.slots.push((array, module));
    }

    /// `None` where the table has no slot of main memory.
    pub fn memory(mut self) -> Option<Memory> {
        let slots = std::mem::take(&mut self.slots);
        let main: Vec<_> = slots.into_iter().filter(|(array, _)| self.is_main(array.as_ref())).collect();
        let total = u32::try_from(main.len()).ok().filter(|total| *total > 0)?;
        let modules: Vec<MemoryModule> = main.into_iter().filter_map(|(_, module)| module).collect();
        let used = u32::try_from(modules.len()).ok()?;
        let sum = modules.iter().map(|module| module.size_bytes).sum::<Option<u64>>();
        Some(Memory {
            total_bytes: sum.filter(|sum| *sum > 0),
            slots: Some(total),
            free_slots: total.checked_sub(used),
            modules,
        })
    }

    /// Where no array says that it is main memory, every slot is that no array claims for something else.
    fn is_main(&self, array: Option<&H>) -> bool {
        let Some(array) = array else { return true };
        let known = self.arrays.iter().find(|(handle, _)| handle == array).map(|(_, what)| *what);
        let told = self.arrays.iter().any(|(_, what)| *what == Use::Main);
        if told { known == Some(Use::Main) } else { known != Some(Use::Other) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(arrays: &[(u16, Use)], of_arrays: &[Option<u16>]) -> Option<u32> {
        let mut slots = Slots::default();
        of_arrays.iter().for_each(|array| slots.slot(*array, None));
        arrays.iter().for_each(|(handle, what)| slots.array(*handle, *what));
        slots.memory().and_then(|memory| memory.slots)
    }

    #[test]
    fn slots_count_by_what_their_array_says() {
        let all = [Some(1), Some(1), Some(2), Some(3), None];
        assert_eq!(slots(&[(1, Use::Main), (2, Use::Other)], &all), Some(3));
        assert_eq!(slots(&[(1, Use::Unknown), (2, Use::Other)], &all), Some(4));
        assert_eq!(slots(&[], &all), Some(5));
        assert_eq!(slots(&[(2, Use::Other)], &[Some(2)]), None);
        assert_eq!(slots(&[], &[]), None);
    }
}
