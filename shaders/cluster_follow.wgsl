// Follows each cluster through a macro-step, each member in sub-steps fine enough for those close to it. An invocation follows one cluster after
// another, so that those of a subgroup, whose clusters take very different times, are all at work.
#import elapsed
#import fine
#import invocation
#import mass_function
#import merge
#import replicas
#if PAIRS
#import pair_sums
#endif

const last = 0x7fffffffu;

// What following a cluster needs of its replica's run.
var<private> step: u32;
var<private> levels: u32;
var<private> stretch: u32;
var<private> hazard: u32;
var<private> clearance: u32;

// The living members, in the order of their ids: entries of the particle arrays, standard deviations of a tick, the level of the sub-step that each
// is in, and the earliest moment at which it can merge. A bit of `free` for each that begins a sub-step now.
var<private> n: u32;
var<private> there: array<u32, cluster_capacity>;
var<private> sigma: array<u32, cluster_capacity>;
var<private> level: array<u32, cluster_capacity>;
var<private> earliest: array<u32, cluster_capacity>;
#if RATE_CONTACT
// Of pairs that begin a sub-step together, |x_a - x_b|^2 then, in units of the range unit squared, or `far_apart`.
var<private> before: array<u32, cluster_capacity * cluster_capacity>;
#endif
var<private> free: u32;

// Of the cluster: its replica's row of `progress`; the number of the sub-steps that begin together; moves, with those of earlier ones of that replica.
var<private> run: u32;
var<private> number: u32;
var<private> moves: u32;

// Sub-steps until an invocation that is done looks for another cluster: so that most of a subgroup do so together.
const stretch_of_sub_steps = 4u;

// Sees to it that the events of the clusters that are followed next fit the log: all, unless they might not; then the rest, and whatever comes after,
// waits until the host has emptied it. So it does where those of replicas that take a uniform step besides might not.
@compute @workgroup_size(1)
fn make_room() {
  let done = atomicLoad(&counters[counter_roomy]);
  atomicStore(&counters[counter_followed], done);
  if (atomicLoad(&counters[counter_halted]) != 0u) {
    return;
  }
  let room = arrayLength(&events) / record - atomicLoad(&counters[counter_events]);
  let most = cluster_capacity - 1u; // events of a larger cluster
  let larger = max(done, atomicLoad(&counters[counter_larger])) - done;
  let left = atomicLoad(&counters[counter_larger]) + atomicLoad(&counters[counter_pairs]) - done;
  let wanted = min(atomicLoad(&counters[counter_beyond]), most * larger) + left - larger;
  if (wanted <= room) {
    atomicStore(&counters[counter_roomy], done + left);
  } else if (most * larger > room) {
    atomicStore(&counters[counter_roomy], done + room / most);
  } else {
    atomicStore(&counters[counter_roomy], done + larger + min(left - larger, room - most * larger));
  }
  if (wanted > room || room - wanted < params.uniform_events) {
    atomicStore(&counters[counter_halted], 1u);
  }
}

@compute @workgroup_size(workgroup_size)
fn follow(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let n_candidates = atomicLoad(&counters[counter_firsts]);
  let n_larger = atomicLoad(&counters[counter_larger]);
  let n_clusters = n_larger + atomicLoad(&counters[counter_pairs]);
  let n_roomy = atomicLoad(&counters[counter_roomy]);
  // Where there is an invocation for each, it takes its own; else, and where those of a workgroup run one after another, the next.
  let n_followers = groups.x * groups.y * workgroup_size;
  let one_each = together > 1u && n_clusters <= n_followers;
  var c = invocation(global, groups);
  if (one_each) {
    c += atomicLoad(&counters[counter_followed]);
  } else {
    c = atomicAdd(&counters[counter_followed], 1u);
  }
  var under_way = false;
  while (under_way || c < n_roomy) {
    if (!under_way) {
      // Larger clusters first: one that takes long should not be the last.
      let first = proposers[select(n_candidates + (c - n_larger), params.slots - 1u - c, c < n_larger)];
      if (one_each) {
        c = n_roomy;
      } else {
        c = atomicAdd(&counters[counter_followed], 1u);
      }
      under_way = begin(first);
    }
    for (var s = 0u; under_way && s < stretch_of_sub_steps; s++) {
      under_way = sub_step();
    }
  }
  tell_moves();
}

fn is_in(members: u32, a: u32) -> bool {
  return ((members >> a) & 1u) != 0u;
}

// Whether the cluster still is under way.
fn sub_step() -> bool {
  let coarsest = coarsest_level();
#if PAIRS
  end_intervals(coarsest);
#endif
  free = 0u;
  for (var a = 0u; a < n; a++) {
    if (level[a] >= coarsest) {
      free |= 1u << a;
      level[a] = coarsest;
    }
  }
  for (var a = 1u; a < n; a++) {
    for (var b = 0u; b < a; b++) {
      if (is_in(free, a) && is_in(free, b)) {
        let needed = level_of(a, b, min(level[a], level[b]));
        level[a] = max(level[a], needed);
        level[b] = max(level[b], needed);
#if RATE_CONTACT
        before[cluster_capacity * b + a] = square_apart();
#endif
      }
    }
  }
#if PAIRS
  begin_intervals();
#endif
  for (var a = 0u; a < n; a++) {
    if (is_in(free, a)) {
      move_member(a);
    }
  }
  moves += countOneBits(free);
  react();
  number += 1u;
  var finest = 0u;
  for (var a = 0u; a < n; a++) {
    finest = max(finest, level[a]);
  }
  if (n > 0u && elapse(finest)) {
    return true;
  }
#if PAIRS
  end_intervals(0u);
#endif
  for (var a = 0u; a < n; a++) {
    settle(a);
  }
  return false;
}

// Tells the moves of the clusters followed since the last time; at every cluster, processors would wait for each other at the sum.
fn tell_moves() {
  if (moves != 0u) {
    atomicAdd(&progress[run + progress_moves], moves);
    moves = 0u;
  }
}

// Takes up a cluster; false if its replica does not take the step.
fn begin(first: u32) -> bool {
  let its_run = replica_of(id[first]) * progress_stride;
  if (its_run != run) {
    tell_moves();
    run = its_run;
  }
  if (atomicLoad(&progress[run + progress_overflow]) != 0u) {
    return false;
  }
  step = atomicLoad(&progress[run + progress_step]);
  levels = atomicLoad(&progress[run + progress_levels]);
  stretch = atomicLoad(&progress[run + progress_stretch]);
  hazard = atomicLoad(&progress[run + progress_hazard]);
  clearance = atomicLoad(&progress[run + progress_clearance]);
  n = 0u;
  for (var i = first; i != last; i = rank[i]) {
    there[n] = i;
    sigma[n] = mass_function(params.sigma_table, mass[i]);
    level[n] = 0u;
    earliest[n] = 0u;
    for (var k = 0u; k < dimension; k++) {
      refine(n, k, place[dimension * i + k]);
    }
    n += 1u;
  }
  for (var w = 0u; w < elapsed_words; w++) {
    elapsed[w] = 0u;
  }
  number = 0u;
  moves -= n; // the first of each is counted by the host
  return true;
}

// Writes where a member is now.
fn settle(a: u32) {
  for (var k = 0u; k < dimension; k++) {
    place[dimension * there[a] + k] = coarsen(a, k);
  }
}

// The coarsest level from `least` on at which the gap between two members has room for their moves.
fn level_of(a: u32, b: u32, least: u32) -> u32 {
  measure(a, b);
  // The distance in units that leave 14 bits of its largest coordinate: units of 2^cut of the refined lattice's.
  var cut = coarse_bits;
  for (var k = 0u; k < dimension; k++) {
    cut = max(cut, bit_length(k));
  }
  cut -= coarse_bits;
  var square = 0u;
  for (var k = 0u; k < dimension; k++) {
    let along = leading(k, cut);
    square += along * along;
  }
  let distance = single_from_integer(square);
#if RADII
  let range_in_units = single_mul(params.range, range_of(mass[there[a]], mass[there[b]]));
#else
  let range_in_units = params.range;
#endif
  let range = single_scale(range_in_units, i32(params.drop) - i32(cut));
  // The faster of the two may stand for both: the gap then has room for a little more than it need have.
  let at_even = single_mul(clearance, max(sigma[a], sigma[b]));
  let at_odd = parity_of(at_even, 1u);
  for (var l = least; l < levels; l++) {
    // A level is a factor of sqrt(2) in the standard deviation.
    let wanted = select(at_even, at_odd, (l & 1u) == 1u);
    let needed = single_add(range, single_scale(wanted, i32(fine_bits) - i32(cut) - i32(l >> 1u)));
    if (single_mul(needed, needed) <= distance) {
      return l;
    }
  }
  return max(least, levels);
}

fn move_member(a: u32) {
  let i = there[a];
  let replica = replica_of(id[i]);
  let particle = id[i] - replica * params.particles;
  let significand_of_sigma = parity_of(single_mul(stretch, sigma[a]), level[a]);
  var words: vec4<u32>;
  for (var k = 0u; k < dimension; k++) {
    if (k % 4u == 0u) {
      words = random_words(replica, stream_move, vec4(particle, step, k / 4u, number));
    }
#if OPEN
    let before = on_lattice(a, k);
#endif
    displace(a, k, words[k % 4u], significand_of_sigma, level[a] >> 1u);
#if OPEN
    // In R^d nobody may cross the seam of the torus that stands for it.
    let after = on_lattice(a, k);
    let to_the_left = (words[k % 4u] >> 31u) == 1u;
    if ((to_the_left && after > before) || (!to_the_left && after < before)) {
      atomicMin(&counters[counter_offender], id[i]);
    }
#endif
  }
}

// |x_a - x_b|^2, in units of the range unit squared, of the two measured last, or `far_apart`.
fn square_apart() -> u32 {
  var sum = 0u;
  for (var k = 0u; k < dimension; k++) {
    if (bit_length(k) > 32u + params.drop) {
      return far_apart;
    }
    sum = single_add(sum, squared_share(leading(k, params.drop)));
  }
  return sum;
}

// When two that took a sub-step together ring in it.
fn ring_time_of(a: u32, b: u32) -> u32 {
  measure(a, b);
#if RATE_CONTACT
  let s = square_apart();
  let s_before = before[cluster_capacity * a + b];
  if (s == far_apart || s_before == far_apart) {
    return never;
  }
  let scale = i32(fine_bits) - i32(params.drop) - i32(level[a] >> 1u);
  return meeting_time_at(there[a], there[b], s_before, s, step, number, single_scale(parity_of(stretch, level[a]), scale));
#else
#if RADII
  let s = square_apart();
  if (s == far_apart) {
    return never;
  }
#else
  var s = 0u;
  for (var k = 0u; k < dimension; k++) {
    let along = leading(k, params.drop);
    if (bit_length(k) > 32u + params.drop || along > params.reach) {
      return never;
    }
    s = single_add(s, squared_share(along));
  }
  if (s >= one) {
    return never;
  }
#endif
  return ring_time_at(there[a], there[b], s, step, number, single_scale(hazard, i32(levels) - i32(level[a])));
#endif
}

// Lets pairs in range of those who took a sub-step together ring, first come first served, nobody twice.
fn react() {
  var left = free;
  loop {
    var first_time = never;
    var first = 0u;
    var second = 0u;
    // Members are in the order of their ids: of pairs that ring together the first found is the one that counts.
    for (var a = 0u; a < n; a++) {
      for (var b = a + 1u; b < n; b++) {
        if (!is_in(left, a) || !is_in(left, b) || level[a] != level[b]) {
          continue;
        }
        let time = ring_time_of(a, b);
        if (time < first_time) {
          first_time = time;
          first = a;
          second = b;
        }
      }
    }
    if (first_time == never) {
      break;
    }
#if PAIRS
    observe(left, (1u << first) | (1u << second), first_time);
#endif
    // Fractions of the sub-step become fractions of the macro-step, in units of 2^-32; where sub-steps are shorter than that, who merges later
    // still does so at a later moment.
    var moment = elapsed[0] + fixed_point(first_time, 32u - min(32u, level[first]));
    moment = max(max(earliest[first], earliest[second]), min(moment, 0u - n));
    earliest[first] = moment + 1u;
    earliest[second] = moment + 1u;
    settle(first);
    settle(second);
    merge_pair(there[first], there[second], step, number, moment);
    left &= ~((1u << first) | (1u << second));
  }
#if PAIRS
  observe(left, left, one);
#endif
  if (left != free) {
    keep_the_living();
  }
}

// Moves the living members to the front, in the order they have.
fn keep_the_living() {
  var left = 0u;
  for (var a = 0u; a < n; a++) {
    let i = there[a];
    if (mass[i] == 0u) {
      continue;
    }
    there[left] = i;
    sigma[left] = mass_function(params.sigma_table, mass[i]);
    level[left] = level[a];
    earliest[left] = earliest[a];
    for (var w = 0u; w < dimension * fine_words; w++) {
      fine[dimension * fine_words * left + w] = fine[dimension * fine_words * a + w];
    }
    left += 1u;
  }
  n = left;
}

#if PAIRS
// What is summed up over pairs, see src/cpu/cluster_follow.ts.

// Adds the first halves of the intervals of pairs that begin a sub-step together.
fn begin_intervals() {
  for (var a = 0u; a < n; a++) {
    for (var b = a + 1u; b < n; b++) {
      if (is_in(free, a) && is_in(free, b)) {
        add_half(a, b, wide_separation_of(a, b));
      }
    }
  }
}

// Adds the second halves of the intervals of pairs that end sub-steps of different levels, down to `coarsest`, now; of the same level `observe` has
// done so.
fn end_intervals(coarsest: u32) {
  for (var a = 0u; a < n; a++) {
    for (var b = a + 1u; b < n; b++) {
      if (level[a] != level[b] && min(level[a], level[b]) >= coarsest) {
        add_half(a, b, wide_separation_of(a, b));
      }
    }
  }
}

// Of the pairs that took a sub-step together, those of `left` in which is one of `some`, which end at this fraction of it: adds the second halves of
// their intervals, and the hazards lived through.
fn observe(left: u32, some: u32, time: u32) {
  for (var a = 0u; a < n; a++) {
    for (var b = a + 1u; b < n; b++) {
      if (!is_in(left, a) || !is_in(left, b) || level[a] != level[b] || !(is_in(some, a) || is_in(some, b))) {
        continue;
      }
      let s = wide_separation_of(a, b);
      add_half(a, b, s);
      let masses = vec2(mass[there[a]], mass[there[b]]);
      let lived = single_mul(hazard_at(masses.x, masses.y, s, single_scale(hazard, i32(levels) - i32(level[a]))), time);
      add_hazard(id[there[a]], masses.x, on_lattice(a, 0u), masses.y, lived);
      add_hazard(id[there[a]], masses.y, on_lattice(b, 0u), masses.x, lived);
    }
  }
}

// Adds half of an interval of a and b, which lasts as long as the coarser of their sub-steps.
fn add_half(a: u32, b: u32, s: u32) {
  let half = single_scale(hazard, i32(levels) - i32(min(level[a], level[b])) - 1);
  add_time(id[there[a]], mass[there[a]], mass[there[b]], s, half);
}

// |x_a - x_b|^2 / eps^2; infinity for pairs so far apart that they are in no bin.
fn wide_separation_of(a: u32, b: u32) -> u32 {
  measure(a, b);
  var bits = 32u + params.drop;
  for (var k = 0u; k < dimension; k++) {
    bits = max(bits, bit_length(k));
  }
  // On a refined lattice 32 eps can have a bit more than a word.
  let beyond = bits - params.drop - 32u;
  if (beyond > 1u) {
    return 0x7f800000u;
  }
  var s = 0u;
  for (var k = 0u; k < dimension; k++) {
    s = single_add(s, squared_share(leading(k, params.drop + beyond)));
  }
  return single_scale(s, 2 * i32(beyond));
}
#endif
