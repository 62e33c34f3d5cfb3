//! Punycode, RFC 3492.

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 128;

/// Encodes a label (RFC 3492 §6.3), without `xn--`.
pub(super) fn encode(label: &str) -> String {
    let mut output: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(output.len()).unwrap_or(u32::MAX);
    if basic > 0 {
        output.push('-');
    }
    let mut others: Vec<u32> = label.chars().filter(|c| !c.is_ascii()).map(u32::from).collect();
    others.sort_unstable();
    others.dedup();
    let (mut n, mut delta, mut bias, mut handled) = (INITIAL_N, 0_u32, INITIAL_BIAS, basic);
    for next in others {
        // Labels are of some thousand characters at most, so that nothing here can saturate.
        delta = delta.saturating_add((next - n).saturating_mul(handled.saturating_add(1)));
        n = next;
        for c in label.chars().map(u32::from) {
            if c < n {
                delta = delta.saturating_add(1);
            } else if c == n {
                push_number(&mut output, delta, bias);
                bias = adapt(delta, handled.saturating_add(1), handled == basic);
                delta = 0;
                handled = handled.saturating_add(1);
            }
        }
        delta = delta.saturating_add(1);
        n = n.saturating_add(1);
    }
    output
}

/// Decodes what follows `xn--` (RFC 3492 §6.2); `None` if it is no Punycode.
pub(super) fn decode(encoded: &str) -> Option<String> {
    let (basic, digits) = encoded.rsplit_once('-').unwrap_or(("", encoded));
    if !encoded.is_ascii() {
        return None;
    }
    let mut output: Vec<char> = basic.chars().collect();
    let (mut n, mut i, mut bias) = (INITIAL_N, 0_u32, INITIAL_BIAS);
    let mut digits = digits.bytes().peekable();
    while digits.peek().is_some() {
        let before = i;
        let (mut weight, mut k) = (1_u32, BASE);
        loop {
            let digit = value(digits.next()?)?;
            i = i.checked_add(digit.checked_mul(weight)?)?;
            let t = threshold(k, bias);
            if digit < t {
                break;
            }
            weight = weight.checked_mul(BASE - t)?;
            k = k.checked_add(BASE)?;
        }
        let length = u32::try_from(output.len()).ok()?.checked_add(1)?;
        bias = adapt(i - before, length, before == 0);
        n = n.checked_add(i / length)?;
        i %= length;
        output.insert(usize::try_from(i).ok()?, char::from_u32(n)?);
        i = i.checked_add(1)?;
    }
    Some(output.into_iter().collect())
}

/// One variable-length number (RFC 3492 §3.3).
fn push_number(output: &mut String, mut number: u32, bias: u32) {
    let mut k = BASE;
    loop {
        let t = threshold(k, bias);
        if number < t {
            output.push(digit(number));
            return;
        }
        let rest = number - t;
        output.push(digit(t + rest % (BASE - t)));
        number = rest / (BASE - t);
        k += BASE;
    }
}

/// RFC 3492 §6.1.
fn adapt(delta: u32, length: u32, first: bool) -> u32 {
    let mut delta = if first { delta / DAMP } else { delta / 2 };
    delta = delta.saturating_add(delta / length.max(1));
    let mut k = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

fn threshold(k: u32, bias: u32) -> u32 {
    k.saturating_sub(bias).clamp(T_MIN, T_MAX)
}

/// `a` to `z` are 0 to 25, `0` to `9` are 26 to 35 (RFC 3492 §5).
fn digit(value: u32) -> char {
    char::from_digit((value + 10) % BASE, BASE).unwrap_or('a')
}

fn value(digit: u8) -> Option<u32> {
    Some((char::from(digit).to_digit(BASE)? + 26) % BASE)
}
