//! mIRC formatting codes (modern.ircdocs.horse/formatting): bold, colours and the like, which a
//! person does not read.

/// The text without formatting; nothing when it has none.
pub(super) fn plain(text: &str) -> Option<String> {
    // Each is a control character, and hardly any text has one.
    if !text.bytes().any(|byte| byte < b' ') || !text.contains(is_code) {
        return None;
    }
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(is_code) {
        plain.push_str(rest.get(..at).unwrap_or_default());
        let mut behind = rest.get(at..).unwrap_or_default().chars();
        let code = behind.next();
        rest = match code {
            Some(COLOUR) => colour(behind.as_str(), 2, |c| c.is_ascii_digit()),
            Some(HEX_COLOUR) => colour(behind.as_str(), 6, |c| c.is_ascii_hexdigit()),
            _ => behind.as_str(),
        };
    }
    plain.push_str(rest);
    Some(plain)
}

/// What follows `FG[,BG]`. The comma belongs to it only when a background follows.
fn colour(text: &str, digits: usize, is_digit: fn(char) -> bool) -> &str {
    let Some(behind) = number(text, digits, is_digit) else { return text };
    let background = behind.strip_prefix(',').and_then(|text| number(text, digits, is_digit));
    background.unwrap_or(behind)
}

/// What follows a number of at most `digits` digits; hexadecimal ones have exactly six.
fn number(text: &str, digits: usize, is_digit: fn(char) -> bool) -> Option<&str> {
    let count = text.chars().take(digits).take_while(|c| is_digit(*c)).count();
    let enough = count > 0 && (digits < 6 || count == digits);
    enough.then(|| text.get(count..)).flatten()
}

fn is_code(c: char) -> bool {
    matches!(c, '\x02' | COLOUR | HEX_COLOUR | '\x0f' | '\x11' | '\x16' | '\x1d' | '\x1e' | '\x1f')
}

const COLOUR: char = '\x03';
const HEX_COLOUR: char = '\x04';

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn codes_vanish_and_digits_of_the_text_stay() {
        assert_eq!(plain("no codes"), None);
        assert_eq!(plain("\x02bold\x02 \x0304,12red\x0f 99").as_deref(), Some("bold red 99"));
        assert_eq!(plain("\x03123 \x034, then").as_deref(), Some("3 , then"));
        assert_eq!(plain("\x04ff0000,00ff00x\x04zz").as_deref(), Some("xzz"));
    }
}
