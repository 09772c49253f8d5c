// What a pair of particles does in a step: how far apart it is, how hard it reacts, when it rings. Twin: src/cpu/pair.ts.
#import single
#import exponential
#import mass_function
#import potential_table
#import replicas
#import streams

const one = 0x3f800000u; // 1 in single precision
const never = 0xffffffffu; // later than any ring time

// |x_i - x_j| along axis k, the shorter way around the torus.
fn coordinate_distance(i: u32, j: u32, k: u32) -> u32 {
  return u32(abs(bitcast<i32>(place[dimension * i + k] - place[dimension * j + k])));
}

// |x_i - x_j|^2 / eps^2.
fn separation(i: u32, j: u32) -> u32 {
  var sum = 0u;
  for (var k = 0u; k < dimension; k++) {
    let scaled = single_mul(single_from_integer(coordinate_distance(i, j, k)), params.inverse_range);
    sum = single_add(sum, single_mul(scaled, scaled));
  }
  return sum;
}

// alpha(n, m) dt / eps^2: the hazard of a step where V is one.
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

// The random words of the pair of particles with these ids in this step.
fn pair_words(id_i: u32, id_j: u32, step: u32) -> vec4<u32> {
  let replica = replica_of(id_i);
  let first = replica * params.particles;
  return random_words(replica, stream_pair, vec4(min(id_i, id_j) - first, max(id_i, id_j) - first, step, 0u));
}

// The fraction of the step after which the pair rings, in single precision, or `never`.
fn ring_time(i: u32, j: u32, step: u32) -> u32 {
  let s = separation(i, j);
  if (s >= one) {
    return never;
  }
  let hazard = single_mul(rate(mass[i], mass[j]), potential_at(s));
  if (hazard == 0u) {
    return never;
  }
  let deviate = exponential(pair_words(id[i], id[j], step).x);
  if (deviate >= hazard) {
    return never;
  }
  return single_div(deviate, hazard);
}
