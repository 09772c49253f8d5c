// Follows each cluster through a macro-step, one invocation for each, in sub-steps fine enough for its closest pair.
#import mass_function
#import merge
#import move
#import walk

const capacity = cluster_capacity;
const last = 0x7fffffffu;
const far = 0x4b800000u; // 2^24 in single precision: from there on a pair's gap is its distance, which is the same to 24 bits

// What following a cluster needs of its replica's run.
struct Pace {
  step: u32,
  levels: u32,
  stretch: u32,
  hazard: u32,
  k: u32,
}

// The coarsest level at which k standard deviations of the pair's relative displacement fit into its gap to eps; the deviations of the two
// are those of a whole macro-step.
fn level_of(pace: Pace, i: u32, j: u32, sigma_i: u32, sigma_j: u32) -> u32 {
  let distance = single_sqrt(separation(i, j));
  if (distance <= one) {
    return pace.levels;
  }
  var gap = distance;
  if (distance < far) {
    gap = single_minus_one(distance);
  }
  let a = single_mul(sigma_i, params.inverse_range);
  let b = single_mul(sigma_j, params.inverse_range);
  let needed = single_mul(pace.k, single_sqrt(single_add(single_mul(a, a), single_mul(b, b))));
  return min(pace.levels, single_ceil_log2(single_div(needed, gap)));
}

@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let c = global.x + global.y * groups.x * workgroup_size;
  if (c >= atomicLoad(&counters[counter_proposers])) {
    return;
  }
  let first = proposers[c];
  let run = replica_of(id[first]) * progress_stride;
  if (atomicLoad(&progress[run + progress_overflow]) != 0u) {
    return;
  }
  let pace = Pace(
    atomicLoad(&progress[run + progress_step]),
    atomicLoad(&progress[run + progress_levels]),
    atomicLoad(&progress[run + progress_stretch]),
    atomicLoad(&progress[run + progress_hazard]),
    atomicLoad(&progress[run + progress_k]),
  );
  // The living members, in the order of their ids.
  var there: array<u32, capacity>;
  var sigma: array<u32, capacity>;
  var n = 0u;
  for (var i = first; i != last; i = best[2u * i + 1u]) {
    there[n] = i;
    n += 1u;
  }
  // A first move of each is counted by the host.
  var extra_moves = 0u - n;
  let end = 1u << (2u * pace.levels);
  var elapsed = 0u;
  while (elapsed < end && n > 0u) {
    for (var a = 0u; a < n; a++) {
      sigma[a] = single_mul(pace.stretch, mass_function(params.sigma_table, mass[there[a]]));
    }
    var level = 0u;
    for (var a = 1u; a < n; a++) {
      for (var b = 0u; b < a; b++) {
        level = max(level, level_of(pace, there[a], there[b], sigma[a], sigma[b]));
      }
    }
    // Coarser only when the time elapsed is a multiple of the sub-step.
    while ((elapsed & ((1u << (2u * (pace.levels - level))) - 1u)) != 0u) {
      level += 1u;
    }
    let length = 1u << (2u * (pace.levels - level));
    for (var a = 0u; a < n; a++) {
      move_by(there[a], pace.step, elapsed, single_shift_down(sigma[a], level));
    }
    extra_moves += n;
    n = react(&there, n, pace, level, elapsed);
    elapsed += length;
  }
  atomicAdd(&progress[run + progress_moves], extra_moves);
}

// Lets the pairs in range ring, first come first served, nobody twice. Returns how many live on, moved to the front.
fn react(there: ptr<function, array<u32, capacity>>, n: u32, pace: Pace, level: u32, elapsed: u32) -> u32 {
  let share = single_shift_down(pace.hazard, 2u * level);
  var taken = 0u; // a bit for each member that has reacted
  loop {
    var earliest = never;
    var first = 0u;
    var second = 0u;
    // Members are in the order of their ids: of pairs that ring together the first found is the one that counts.
    for (var a = 0u; a < n; a++) {
      for (var b = a + 1u; b < n; b++) {
        let i = (*there)[a];
        let j = (*there)[b];
        if (((taken >> a) & 1u) != 0u || ((taken >> b) & 1u) != 0u || !is_near(i, j, params.reach)) {
          continue;
        }
        let time = ring_time(i, j, pace.step, elapsed, share);
        if (time < earliest) {
          earliest = time;
          first = a;
          second = b;
        }
      }
    }
    if (earliest == never) {
      break;
    }
    // Fractions of the sub-step become fractions of the macro-step: a sub-step of this level is 2^(32 - 2 level) units.
    var moment = fixed_point(earliest, 32u - 2u * level);
    if (pace.levels != 0u) {
      moment += elapsed << (32u - 2u * pace.levels);
    }
    merge_pair((*there)[first], (*there)[second], pace.step, elapsed, moment);
    taken |= (1u << first) | (1u << second);
  }
  if (taken == 0u) {
    return n;
  }
  var left = 0u;
  for (var a = 0u; a < n; a++) {
    if (mass[(*there)[a]] != 0u) {
      (*there)[left] = (*there)[a];
      left += 1u;
    }
  }
  return left;
}
