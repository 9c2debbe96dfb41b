//! Bytes as text: hexadecimal digits, four bytes a group, 32 bytes a line.

const GROUP: usize = 4;
const LINE: usize = 32;

/// `bytes` on one line.
pub(super) fn line(bytes: &[u8]) -> String {
    let group = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    bytes.chunks(GROUP).map(group).collect::<Vec<_>>().join(" ")
}

/// `bytes` as a TOML value, on as many lines as it takes.
pub(super) fn show(bytes: &[u8]) -> String {
    match bytes.len() {
        0..=LINE => format!("'{}'", line(bytes)),
        _ => format!("'''\n{}'''", bytes.chunks(LINE).map(|bytes| line(bytes) + "\n").collect::<String>()),
    }
}

/// The bytes that `text` spells, or what is wrong with it.
pub(crate) fn parse(text: &str) -> Result<Vec<u8>, &'static str> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .filter(|character| !character.is_whitespace())
        .map(|character| character.to_digit(16).map(|digit| digit as u8))
        .collect();
    let digits = digits.ok_or("bytes are spelt with the digits 0 to 9 and a to f")?;
    match digits.len() % 2 {
        0 => Ok(digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()),
        _ => Err("the last byte has one digit only"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_as_they_are_shown() {
        for length in 0..200u8 {
            let bytes: Vec<u8> = (0..length).map(|byte| byte.wrapping_mul(37)).collect();
            assert_eq!(parse(show(&bytes).trim_matches('\'')), Ok(bytes));
        }
        assert_eq!(parse("0A 0b\n0c"), Ok(vec![10, 11, 12]));
        assert!(parse("0x0a").is_err());
        assert!(parse("0a0").is_err());
    }
}
