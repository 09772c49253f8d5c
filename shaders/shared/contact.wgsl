// When a pair that coagulates on contact does so within a step. Twin: src/cpu/contact.ts.
#import distance
#import gaussian
#import mass_function
#import replicas
#import streams

#if RATE_CONTACT

// The fraction of a step after which a pair meets, or `never`: its squared distances at both ends, its range, and the variance of a coordinate of its
// relative move, in units of the range unit.
fn meeting_time(before: u32, after: u32, range: u32, variance: u32, deviate: u32) -> u32 {
  let reached = single_mul(range, range);
  if (before > reached && after > reached) {
    // Twice the product of the gaps is at least this over the sum of the squares: mostly that is enough, and spares the roots.
    let gaps = single_mul(single_sub(before, reached), single_sub(after, reached));
    if (gaps >= single_mul(single_mul(0x42000000u, variance), single_add(before, after))) {
      return never;
    }
  }
  let from_distance = single_sqrt(before);
  if (from_distance <= range) {
    return 0u;
  }
  let gap = single_sub(from_distance, range);
  let to_distance = single_sqrt(after);
  if (to_distance <= range) {
    return single_div(gap, single_sub(from_distance, to_distance));
  }
  let left = single_sub(to_distance, range);
  let exponent = single_mul(0x40000000u, single_mul(gap, left));
  // With probability exp(-exponent / variance); a deviate is at most 22.2, and 32 stands for all beyond.
  if (exponent >= single_mul(0x42000000u, variance) || deviate <= single_div(exponent, variance)) {
    return never;
  }
  return single_div(gap, single_add(gap, left));
}

// The variance of a coordinate of the relative move of masses n and m, in a sub-step whose standard deviations are `stretch` times those of a tick.
fn variance_of(n: u32, m: u32, stretch: u32) -> u32 {
  let a = single_mul(single_mul(mass_function(params.sigma_table, n), stretch), params.inverse_range);
  let b = single_mul(single_mul(mass_function(params.sigma_table, m), stretch), params.inverse_range);
  return single_add(single_mul(a, a), single_mul(b, b));
}

// |x_i - x_j|^2 before the two moved by the uniform step of this number.
fn separation_before(i: u32, j: u32, step: u32) -> u32 {
  let replica = replica_of(id[i]);
  let first = replica * params.particles;
  let sigma_i = mass_function(params.sigma_table, mass[i]);
  let sigma_j = mass_function(params.sigma_table, mass[j]);
  var words_i: vec4<u32>;
  var words_j: vec4<u32>;
  var sum = 0u;
  for (var k = 0u; k < dimension; k++) {
    if (k % 4u == 0u) {
      words_i = random_words(replica, stream_move, vec4(id[i] - first, step, k / 4u, 0u));
      words_j = random_words(replica, stream_move, vec4(id[j] - first, step, k / 4u, 0u));
    }
    let x = place[dimension * i + k] - displacement(words_i[k % 4u], sigma_i);
    let y = place[dimension * j + k] - displacement(words_j[k % 4u], sigma_j);
    sum = single_add(sum, squared_share(u32(abs(bitcast<i32>(x - y)))));
  }
  return sum;
}
#endif
