// An exponential deviate of mean one as a function of one word, in single precision. Twin: src/exact/exponential.ts.
#import single

const ln2_27 = 93032640u; // ln 2 in units of 2^-27

fn exponential(word: u32) -> u32 {
  if (word < 0x80000000u) {
    let at = params.exponential_table + (word >> 23u);
    let near = tables[at];
    let rise = tables[at + 1u] - near;
    let g = near + ((rise * ((word >> 7u) & 0xffffu) + 0x8000u) >> 16u);
    // g counts in units of 2^-23 and lies in [1, 2): its pattern is that of a significand.
    return single_mul(single_scale(single_from_integer(word), -32), (127u << 23u) | (g & 0x7fffffu));
  }
  let rest = 0u - word;
  let k = countLeadingZeros(rest);
  let y = rest << k;
  let at = params.exponential_table + 257u + ((y >> 23u) & 255u);
  let far = tables[at];
  let drop = far - tables[at + 1u];
  let minus_log_y = far - ((drop * ((y >> 11u) & 0xfffu) + 0x800u) >> 12u);
  return single_scale(single_from_integer(k * ln2_27 + minus_log_y), -27);
}
