// Ranges of pairs whose particles have radii, in units of the range unit. Twin: src/cpu/radii.ts.
#import mass_function

#if RADII
// r_n + r_m.
fn range_of(n: u32, m: u32) -> u32 {
  return single_add(mass_function(params.radius_table, n), mass_function(params.radius_table, m));
}

// That of particle i and the largest there has been, whose radius is this: no partner exceeds it.
fn largest_range_of(i: u32, largest: u32) -> u32 {
  return single_add(mass_function(params.radius_table, mass[i]), largest);
}

// Lattice units that such a range does not exceed.
fn lattice_units_of(range: u32) -> u32 {
  // 1 + 2^-20: a little more, so that rounding can never make a pair beyond it one in range.
  let units = single_mul(single_mul(params.range, range), 0x3f800008u);
  return whole(single_scale(units, i32(params.drop) - 32 * i32(fine_words - 1u))) + 1u;
}

// The whole part of a number below 2^32 in single precision.
fn whole(a: u32) -> u32 {
  let exponent = a >> 23u;
  if (exponent < 127u) {
    return 0u;
  }
  return select(significand(a) >> min(150u - exponent, 31u), significand(a) << (exponent - 150u), exponent >= 150u);
}
#endif
