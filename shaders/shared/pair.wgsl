// When a pair of particles rings in a step, and who of it survives. Twin: src/cpu/pair.ts.
#import single
#import contact
#import exponential
#import distance
#import mass_function
#import potential_table
#import radii
#import replicas
#import streams

const never = 0xffffffffu; // later than any ring time

#if RATE_CONTACT
// Who meets reacts.
#else
// The hazard of a step where V is one.
fn rate(n: u32, m: u32) -> u32 {
#if RATE_CONSTANT
  return tables[params.rate_table];
#elif RATE_SUM
  return single_add(mass_function(params.rate_table, n), mass_function(params.rate_table, m));
#elif RATE_PRODUCT
  return single_mul(mass_function(params.rate_table, n), mass_function(params.rate_table, m));
#else
  let last = params.rate_size;
  return tables[params.rate_table + (min(n, last) - 1u) * last + min(m, last) - 1u];
#endif
}

// The hazard of a pair of masses n and m at |x_i - x_j|^2 = s, in units of the range unit squared, in a sub-step that has `share` of that of the rate,
// in single precision.
fn hazard_at(n: u32, m: u32, s: u32, share: u32) -> u32 {
#if RADII
  let range = range_of(n, m);
  let square = single_mul(range, range);
  if (s >= square) {
    return 0u;
  }
  return single_mul(single_div(single_mul(rate(n, m), potential_at(single_div(s, square))), square), share);
#else
  if (s >= one) {
    return 0u;
  }
  return single_mul(single_mul(rate(n, m), potential_at(s)), share);
#endif
}
#endif

// The random words of the pair of particles with these ids in this step and sub-step.
fn pair_words(id_i: u32, id_j: u32, step: u32, sub_step: u32) -> vec4<u32> {
  let replica = replica_of(id_i);
  let first = replica * params.particles;
  return random_words(replica, stream_pair, vec4(min(id_i, id_j) - first, max(id_i, id_j) - first, step, sub_step));
}

// The fraction of a tick, a uniform step that has just moved the particles, after which the pair rings, in single precision, or `never`.
fn ring_time(i: u32, j: u32, step: u32) -> u32 {
#if RATE_CONTACT
  return meeting_time_at(i, j, separation_before(i, j, step), separation(i, j), step, 0u, one);
#else
  return ring_time_at(i, j, separation(i, j), step, 0u, params.tick_hazard);
#endif
}

#if RATE_CONTACT
// The same for a pair that goes from `before` to `after`, its |x_i - x_j|^2, in a sub-step whose standard deviations are `stretch` times a tick's.
fn meeting_time_at(i: u32, j: u32, before: u32, after: u32, step: u32, sub_step: u32, stretch: u32) -> u32 {
#if RADII
  let range = range_of(mass[i], mass[j]);
#else
  let range = one;
#endif
  let deviate = exponential(pair_words(id[i], id[j], step, sub_step).x);
  return meeting_time(before, after, range, variance_of(mass[i], mass[j], stretch), deviate);
}
#else
// The same for a pair at |x_i - x_j|^2 = s, in a sub-step that has `share` of the hazard of the rate.
fn ring_time_at(i: u32, j: u32, s: u32, step: u32, sub_step: u32, share: u32) -> u32 {
  let hazard = hazard_at(mass[i], mass[j], s, share);
  if (hazard == 0u) {
    return never;
  }
  let deviate = exponential(pair_words(id[i], id[j], step, sub_step).x);
  if (deviate >= hazard) {
    return never;
  }
  return single_div(deviate, hazard);
}
#endif

// Of the pair with i the lower id, i survives with probability m_i / (m_i + m_j).
fn lower_survives(i: u32, j: u32, step: u32, sub_step: u32) -> bool {
  return multiply_high(pair_words(id[i], id[j], step, sub_step).y, mass[i] + mass[j]) < mass[i];
}

// The upper word of the 64-bit product.
fn multiply_high(a: u32, b: u32) -> u32 {
  let a1 = a >> 16u;
  let a0 = a & 0xffffu;
  let b1 = b >> 16u;
  let b0 = b & 0xffffu;
  let middle = a1 * b0 + ((a0 * b0) >> 16u);
  return a1 * b1 + (middle >> 16u) + (((middle & 0xffffu) + a0 * b1) >> 16u);
}
