// One merge: masses change and the event is logged. Twin: src/cpu/merge_apply.ts.
#import pair

const record = 4u + dimension; // step, moment, survivor, vanished, place

// i must be the lower id; `moment` counts in units of 2^-32 of the step.
fn merge_pair(i: u32, j: u32, step: u32, sub_step: u32, moment: u32) {
  var survivor = i;
  var vanished = j;
#if ANNIHILATION
  mass[i] = 0u;
#else
  if (!lower_survives(i, j, step, sub_step)) {
    survivor = j;
    vanished = i;
  }
  mass[survivor] += mass[vanished];
#if FRAGMENTATION
  // One circle of two.
  let next_of_survivor = next[survivor];
  next[survivor] = next[vanished];
  next[vanished] = next_of_survivor;
#endif
#if RADII
  atomicMax(&counters[counter_largest], mass_function(params.radius_table, mass[survivor]));
#endif
#endif
  mass[vanished] = 0u;
  log_event(survivor, vanished, step, moment, survivor);
}

// With the place of one of them.
fn log_event(survivor: u32, vanished: u32, step: u32, moment: u32, at_place_of: u32) {
  let at = record * atomicAdd(&counters[counter_events], 1u);
  events[at] = step;
  events[at + 1u] = moment;
  events[at + 2u] = id[survivor];
  events[at + 3u] = id[vanished];
  for (var k = 0u; k < dimension; k++) {
    events[at + 4u + k] = place[dimension * at_place_of + k];
  }
}

// A fraction from 0 to 1, in single precision, in units of 2^-by, rounded down, for `by` from 0 to 32; 1 itself is a little less.
fn fixed_point(fraction: u32, by: u32) -> u32 {
  let exponent = (fraction >> 23u) + by;
  if (fraction >= one) {
    return select((1u << (by & 31u)) - 1u, 0xffffffffu, by == 32u);
  }
  let m = significand(fraction);
  return select(m >> min(150u - exponent, 31u), m << (exponent - 150u), exponent >= 150u);
}
