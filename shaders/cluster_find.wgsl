// Every particle looks who is within its replica's radius; the first of each cluster, of all who are connected by such distances, then gathers
// the members, chained by increasing id through `rank`.
#import invocation
#import replicas
#import walk
#if RADII
#import radii
#endif

const capacity = cluster_capacity;
const last = 0x7fffffffu; // in `rank`: there is no next member

// In best[2 i]: how many are near i, and a bit if one of them has a lower id. If there is one, best[2 i + 1] is who.
const not_first = 0x80000000u;

// Half-width of the cube around i that holds whoever may be near it, for a pace's reach.
fn cube_around(i: u32, reach: u32) -> u32 {
#if RADII
  return reach + lattice_units_of(largest_range_of(i, atomicLoad(&counters[counter_largest])));
#else
  return reach;
#endif
}

// Whether j is near i, whose walk this is: within the ball or, where particles have radii, within its radius of their range.
fn is_near(walk: ptr<function, Walk>, i: u32, j: u32, ball: Ball) -> bool {
#if RADII
  return is_in_ball(walk, i, j, ball_of(ball.reach + lattice_units_of(range_of(mass[i], mass[j]))));
#else
  return is_in_ball(walk, i, j, ball);
#endif
}

// Each pair is looked at by the first of the two in the order of the cells.
@compute @workgroup_size(workgroup_size)
fn look(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let at = invocation(global, groups);
  if (at >= cell_start[params.n_cells]) {
    return;
  }
  let i = order[at];
  let run = replica_of(id[i]) * progress_stride;
  if (atomicLoad(&progress[run + progress_left]) == 0u || atomicLoad(&progress[run + progress_macro]) == 0u) {
    return;
  }
  let ball = ball_of(atomicLoad(&progress[run + progress_reach]));
  var walk = start_walk(i, cube_around(i, ball.reach));
  while (walk.going) {
    next_row(&walk);
    for (var slot = max(walk.slot, at + 1u); slot < walk.end; slot++) {
      let j = order[slot];
      if (is_near(&walk, i, j, ball)) {
        tell(i, j, id[j] < id[i]);
        tell(j, i, id[i] < id[j]);
      }
    }
  }
}

// Who has somebody near, and no one of a lower id, may be the first of a cluster. An invocation lists those of a run of cells, since processors would
// wait for each other at the counter.
@compute @workgroup_size(workgroup_size)
fn choose(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let cell = invocation(global, groups) * scan_run;
  if (cell >= params.n_cells) {
    return;
  }
  let begin = cell_start[cell];
  let end = cell_start[min(cell + scan_run, params.n_cells)];
  var n_firsts = 0u;
  for (var at = begin; at < end; at++) {
    n_firsts += select(0u, 1u, may_be_first(order[at]));
  }
  if (n_firsts == 0u) {
    return;
  }
  var next = atomicAdd(&counters[counter_firsts], n_firsts);
  for (var at = begin; at < end; at++) {
    if (may_be_first(order[at])) {
      proposers[next] = order[at];
      next += 1u;
    }
  }
}

fn may_be_first(i: u32) -> bool {
  let near = atomicLoad(&best[2u * i]);
  return near != 0u && near < not_first;
}

// i has j near.
fn tell(i: u32, j: u32, is_lower: bool) {
  atomicAdd(&best[2u * i], 1u);
  atomicStore(&best[2u * i + 1u], j);
  if (is_lower) {
    atomicOr(&best[2u * i], not_first);
  }
}

// The members found so far of the cluster that an invocation gathers, in the order of their ids; a bit for each whose neighbours are known.
var<private> found: array<u32, capacity>;
var<private> n: u32;
var<private> seen: u32;

// An invocation takes one candidate after another: of as many invocations as particles only the first would have one, and drivers on processors give
// a thread its invocations in one piece.
@compute @workgroup_size(workgroup_size)
fn gather(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  // Once halted, those of the step are known.
  let n_candidates = select(atomicLoad(&counters[counter_firsts]), 0u, atomicLoad(&counters[counter_halted]) != 0u);
  let n_invocations = groups.x * groups.y * workgroup_size;
  for (var c = invocation(global, groups); c < n_candidates; c += n_invocations) {
    gather_from(proposers[c]);
  }
}

// Gathers the cluster of a candidate, if it is the first there.
fn gather_from(first: u32) {
  let run = replica_of(id[first]) * progress_stride;
  let ball = ball_of(atomicLoad(&progress[run + progress_reach]));
  found[0] = first;
  n = 1u;
  seen = 0u;
  var going = true;
  while (going && seen != (1u << n) - 1u) {
    let k = countTrailingZeros(~seen);
    seen |= 1u << k;
    let i = found[k];
    if ((atomicLoad(&best[2u * i]) & ~not_first) == 1u) {
      going = meet(atomicLoad(&best[2u * i + 1u]));
      continue;
    }
    var walk = start_walk(i, cube_around(i, ball.reach));
    while (going && walk.going) {
      next_row(&walk);
      for (var slot = walk.slot; going && slot < walk.end; slot++) {
        let j = order[slot];
        if (is_near(&walk, i, j, ball)) {
          going = meet(j);
        }
      }
    }
  }
  if (n > capacity) {
    // Too large to be followed: this replica does not take the step.
    atomicStore(&progress[run + progress_overflow], 1u);
  }
  if (!going) {
    return;
  }
  // Behind those who may be first come pairs, and from the end down larger clusters: those who follow them are busy equally long. There is room:
  // every cluster has a member more than may be its first.
  if (n == 2u) {
    proposers[atomicLoad(&counters[counter_firsts]) + atomicAdd(&counters[counter_pairs], 1u)] = first;
  } else {
    proposers[params.slots - 1u - atomicAdd(&counters[counter_larger], 1u)] = first;
    atomicAdd(&counters[counter_beyond], n - 1u);
  }
  for (var k = 0u; k < n; k++) {
    rank[found[k]] = select(found[min(k + 1u, capacity - 1u)], last, k + 1u == n);
  }
}

// Takes up j among the members, unless it is there. False if the cluster is not to be gathered here: j is first, or there are too many.
fn meet(j: u32) -> bool {
  var at = n;
  while (at > 0u && id[found[at - 1u]] > id[j]) {
    at -= 1u;
  }
  if (at == 0u) {
    return false;
  }
  if (found[at - 1u] == j) {
    return true;
  }
  if (n == capacity) {
    n += 1u;
    return false;
  }
  for (var k = n; k > at; k--) {
    found[k] = found[k - 1u];
  }
  found[at] = j;
  let below = (1u << at) - 1u;
  seen = (seen & below) | ((seen & ~below) << 1u);
  n += 1u;
  return true;
}
