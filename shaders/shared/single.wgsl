// IEEE single precision, round to nearest even, in integers on the bit patterns: zero or positive normal numbers, and
// what falls below 2^-126 is zero. Twin: src/exact/single.ts (Math.fround).

const hidden_bit = 0x800000u;

fn significand(a: u32) -> u32 {
  return (a & 0x7fffffu) | hidden_bit;
}

// The 48-bit product of two 24-bit numbers as its upper and lower 24 bits.
fn product48(a: u32, b: u32) -> vec2<u32> {
  let a1 = a >> 12u;
  let a0 = a & 0xfffu;
  let b1 = b >> 12u;
  let b0 = b & 0xfffu;
  let low = a0 * b0;
  let middle = (low >> 12u) + a1 * b0 + a0 * b1;
  return vec2(a1 * b1 + (middle >> 12u), ((middle & 0xfffu) << 12u) | (low & 0xfffu));
}

// Rounds m (24 bits, leading bit set) up if the half bit is set and either the rest or the last bit is; then packs it.
// A carry out of m runs into the exponent, as it should.
fn single_pack(exponent: i32, m: u32, half: u32, rest: bool) -> u32 {
  if (exponent < 1) {
    return 0u;
  }
  let up = half & select(m & 1u, 1u, rest);
  return (u32(exponent - 1) << 23u) + m + up;
}

fn single_mul(a: u32, b: u32) -> u32 {
  if (a == 0u || b == 0u) {
    return 0u;
  }
  let p = product48(significand(a), significand(b));
  let exponent = i32(a >> 23u) + i32(b >> 23u) - 127;
  if ((p.x & 0x800000u) != 0u) {
    return single_pack(exponent + 1, p.x, p.y >> 23u, (p.y & 0x7fffffu) != 0u);
  }
  return single_pack(exponent, (p.x << 1u) | (p.y >> 23u), (p.y >> 22u) & 1u, (p.y & 0x3fffffu) != 0u);
}

fn single_add(a_in: u32, b_in: u32) -> u32 {
  let a = max(a_in, b_in);
  let b = min(a_in, b_in);
  let apart = (a >> 23u) - (b >> 23u);
  if (b == 0u || apart > 25u) {
    return a;
  }
  // Three bits below the last one (two, and one that stands for all that was shifted out) suffice to round.
  let aligned = significand(b) << 3u;
  let shifted = (aligned >> apart) | select(0u, 1u, (aligned & ((1u << apart) - 1u)) != 0u);
  let sum = (significand(a) << 3u) + shifted;
  let exponent = i32(a >> 23u);
  if (sum >= 0x8000000u) {
    return single_pack(exponent + 1, sum >> 4u, (sum >> 3u) & 1u, (sum & 7u) != 0u);
  }
  return single_pack(exponent, sum >> 3u, (sum >> 2u) & 1u, (sum & 3u) != 0u);
}

// a - b, which must not be negative.
fn single_sub(a: u32, b: u32) -> u32 {
  let apart = (a >> 23u) - (b >> 23u);
  if (b == 0u || apart > 25u) {
    return a;
  }
  let aligned = significand(b) << 3u;
  let shifted = (aligned >> apart) | select(0u, 1u, (aligned & ((1u << apart) - 1u)) != 0u);
  let difference = (significand(a) << 3u) - shifted;
  if (difference == 0u) {
    return 0u;
  }
  // What was shifted out matters only where at most one leading bit is lost.
  let lost = countLeadingZeros(difference) - 5u;
  let m = difference << lost;
  return single_pack(i32(a >> 23u) - i32(lost), m >> 3u, (m >> 2u) & 1u, (m & 3u) != 0u);
}

fn single_div(a: u32, b: u32) -> u32 {
  if (a == 0u) {
    return 0u;
  }
  let divisor = significand(b);
  var rest = significand(a);
  var exponent = i32(a >> 23u) - i32(b >> 23u) + 127;
  if (rest < divisor) {
    rest <<= 1u;
    exponent -= 1;
  }
  // Long division: 24 bits of quotient and the half bit.
  var quotient = 0u;
  for (var i = 0u; i < 25u; i++) {
    quotient <<= 1u;
    if (rest >= divisor) {
      rest -= divisor;
      quotient |= 1u;
    }
    rest <<= 1u;
  }
  return single_pack(exponent, quotient >> 1u, quotient & 1u, rest != 0u);
}

fn single_sqrt(a: u32) -> u32 {
  if (a == 0u) {
    return 0u;
  }
  // The root of an even power of two times a number from 1 to 4, whose bits are taken in pairs: 24 bits of the root and the half bit.
  let biased = (a >> 23u) + 127u;
  var bits = significand(a) << select(2u, 1u, (biased & 1u) == 0u);
  var rest = 0u;
  var root = 0u;
  for (var i = 0u; i < 25u; i++) {
    rest = (rest << 2u) | ((bits >> 24u) & 3u);
    bits <<= 2u;
    root <<= 1u;
    if (rest > 2u * root) {
      rest -= 2u * root + 1u;
      root |= 1u;
    }
  }
  return single_pack(i32(biased >> 1u), root >> 1u, root & 1u, rest != 0u);
}

fn single_from_integer(n: u32) -> u32 {
  if (n == 0u) {
    return 0u;
  }
  let zeros = countLeadingZeros(n);
  let m = n << zeros;
  return single_pack(158 - i32(zeros), m >> 8u, (m >> 7u) & 1u, (m & 0x7fu) != 0u);
}

// a * 2^by, at most 2^40: what is larger need not be told apart.
fn single_scale(a: u32, by: i32) -> u32 {
  let exponent = i32(a >> 23u) + by;
  if (a == 0u || exponent < 1) {
    return 0u;
  }
  return min((u32(min(exponent, 254)) << 23u) | (a & 0x7fffffu), 0x53800000u);
}

// a * 2^(-1/2) for an odd level, else a: what is left of a * 2^(-level/2) once whole powers of two are set aside.
fn parity_of(a: u32, level: u32) -> u32 {
  if ((level & 1u) == 1u) {
    return single_mul(a, 0x3f3504f3u); // sqrt(1/2)
  }
  return a;
}
