//! Columns of numbers and texts as bytes: variable-length integers, and steps between neighbours.
//!
//! Owns the encoding of one value after the other. Must not know what the values mean.

/// The bytes end too early, or a number does not fit where it should go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut;

/// Bytes being written.
#[derive(Default)]
pub(super) struct Written {
    bytes: Vec<u8>,
}

impl Written {
    /// Writes seven bits a byte, the lowest first; the high bit says that more follow.
    pub(super) fn number(&mut self, mut number: u64) {
        loop {
            let low = number.to_le_bytes()[0] & 0x7f;
            number >>= 7;
            if number == 0 {
                self.bytes.push(low);
                return;
            }
            self.bytes.push(low | 0x80);
        }
    }

    /// Writes the length in bytes, then the text.
    pub(super) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Writes one number of each row.
    pub(super) fn column<T>(&mut self, rows: &[T], number: impl Fn(&T) -> u64) {
        for row in rows {
            self.number(number(row));
        }
    }

    /// Writes the difference of each number with the one before it, which is small in a sorted or
    /// geographic column.
    pub(super) fn steps(&mut self, numbers: impl Iterator<Item = i64>) {
        let mut previous = 0;
        for number in numbers {
            let step = number - previous;
            // Zigzag: the sign goes to the lowest bit, so that a small step back stays short.
            self.number(((step << 1) ^ (step >> 63)).cast_unsigned());
            previous = number;
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Bytes being read.
pub(super) struct Columns<'a> {
    rest: &'a [u8],
}

impl<'a> Columns<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Reads what [`Written::number`] wrote.
    pub(super) fn number(&mut self) -> Result<u64, Cut> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.rest.split_first().ok_or(Cut)?;
            self.rest = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Cut)
    }

    /// Reads a number that must fit in a narrower type.
    pub(super) fn narrow<N: TryFrom<u64>>(&mut self) -> Result<N, Cut> {
        N::try_from(self.number()?).map_err(|_| Cut)
    }

    /// Reads a number that stands one higher than itself, 0 being none.
    pub(super) fn optional(&mut self) -> Result<Option<u32>, Cut> {
        let number = self.number()?;
        match number.checked_sub(1) {
            Some(number) => u32::try_from(number).map(Some).map_err(|_| Cut),
            None => Ok(None),
        }
    }

    /// Reads a count of things that take at least a byte each, so that a wrong count cannot ask
    /// for more memory than the file has.
    pub(super) fn count(&mut self) -> Result<usize, Cut> {
        let count: usize = self.narrow()?;
        if count <= self.rest.len() {
            Ok(count)
        } else {
            Err(Cut)
        }
    }

    /// Reads what [`Written::text`] wrote.
    pub(super) fn text(&mut self) -> Result<&'a str, Cut> {
        let length = self.count()?;
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        str::from_utf8(text).map_err(|_| Cut)
    }

    /// Reads what [`Written::steps`] wrote.
    pub(super) fn steps<N: TryFrom<i64>>(&mut self, count: usize) -> Result<Vec<N>, Cut> {
        let mut previous: i64 = 0;
        let mut numbers = Vec::with_capacity(count.min(self.rest.len()));
        for _ in 0..count {
            let zigzag = self.number()?;
            let step = (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed();
            previous = previous.checked_add(step).ok_or(Cut)?;
            numbers.push(N::try_from(previous).map_err(|_| Cut)?);
        }
        Ok(numbers)
    }

    pub(super) const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Columns, Cut, Written};

    #[test]
    fn a_small_number_takes_one_byte_and_the_largest_ten() {
        let mut written = Written::default();
        written.number(127);
        assert_eq!(written.finish(), [127]);
        let mut written = Written::default();
        written.number(u64::MAX);
        assert_eq!(written.finish().len(), 10);
    }

    #[test]
    fn a_text_longer_than_the_file_is_cut() {
        let mut written = Written::default();
        written.number(1_000_000);
        let bytes = written.finish();
        assert_eq!(Columns::new(&bytes).text(), Err(Cut));
    }

    #[test]
    fn a_number_that_never_ends_is_cut() {
        assert_eq!(Columns::new(&[0xff; 11]).number(), Err(Cut));
        assert_eq!(Columns::new(&[0x80]).number(), Err(Cut));
    }

    #[test]
    fn a_number_too_large_for_its_place_is_cut() {
        let mut written = Written::default();
        written.number(65_536);
        let bytes = written.finish();
        assert_eq!(Columns::new(&bytes).narrow::<u16>(), Err(Cut));
    }

    proptest! {
        #[test]
        fn numbers_come_back(numbers in prop::collection::vec(any::<u64>(), 0..20)) {
            let mut written = Written::default();
            written.column(&numbers, |number| *number);
            let bytes = written.finish();
            let mut columns = Columns::new(&bytes);
            for number in numbers {
                prop_assert_eq!(columns.number(), Ok(number));
            }
            prop_assert!(columns.is_at_end());
        }

        #[test]
        fn steps_come_back(numbers in prop::collection::vec(any::<i32>(), 0..20)) {
            let mut written = Written::default();
            written.steps(numbers.iter().map(|number| i64::from(*number)));
            let bytes = written.finish();
            prop_assert_eq!(Columns::new(&bytes).steps::<i32>(numbers.len()), Ok(numbers));
        }
    }
}
