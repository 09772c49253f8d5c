// Sums over the pairs of each replica: u64[classes, slabs] of hazards, then u64[classes, separation_bins] of times, a sum's lower word first. Integers,
// so that their order does not matter. Twin: src/cpu/pairSums.ts.
#import single
#import replicas

// A pair has lived through this hazard: of its two orders, this one, where the first of the two is at x0 along axis 0.
fn add_hazard(id: u32, n: u32, x0: u32, m: u32, hazard: u32) {
  // By two steps, since a shift by 32 is not defined.
  let slab = (x0 >> 1u) >> (31u - params.slab_bits);
  add_units(id, (pair_class(n, m) << params.slab_bits) + slab, hazard, hazard_bits);
}

// A pair has lived this long, in finest sub-steps, at |x_i - x_j|^2 / eps^2 = s: it counts once, for its masses in increasing order.
fn add_time(id: u32, n: u32, m: u32, s: u32, time: u32) {
  let bin = max(first_bin, s >> 21u) - first_bin;
  if (bin >= separation_bins) {
    return;
  }
  let times = (params.pair_masses * params.pair_masses) << params.slab_bits;
  add_units(id, times + pair_class(min(n, m), max(n, m)) * separation_bins + bin, time, time_bits);
}

// Masses 1, 2, ... and, as the last of `pair_masses`, all above.
fn pair_class(n: u32, m: u32) -> u32 {
  let above = params.pair_masses;
  return (min(n, above) - 1u) * above + min(m, above) - 1u;
}

// Adds a number in single precision, in units of 2^-bits and rounded down, to a sum of this particle's replica.
fn add_units(id: u32, sum: u32, value: u32, bits: u32) {
  let exponent = (value >> 23u) + bits;
  if (exponent < 127u) {
    return; // less than a unit, or zero
  }
  let m = significand(value);
  var low = 0u;
  var high = 0u;
  if (exponent <= 150u) {
    low = m >> (150u - exponent);
  } else if (exponent < 182u) {
    low = m << (exponent - 150u);
    high = m >> (182u - exponent);
  } else {
    high = m << (exponent - 182u);
  }
  let stride = (params.pair_masses * params.pair_masses) * ((1u << params.slab_bits) + separation_bins);
  let at = 2u * (replica_of(id) * stride + sum);
  let before = atomicAdd(&pair_sums[at], low);
  let carried = high + select(0u, 1u, before + low < before);
  if (carried != 0u) {
    atomicAdd(&pair_sums[at + 1u], carried);
  }
}
