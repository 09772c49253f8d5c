// Every particle finds the cluster it belongs to: all that are connected with it by distances below its replica's radius. The members
// are chained by increasing id through `best`, and the first of each chain is listed to be followed.
#import distance
#import replicas
#import walk

const capacity = cluster_capacity;
const alone = 0u; // best[2 i]: whether i is in a cluster
const member = 1u;
const last = 0x7fffffffu; // best[2 i + 1]: the next member of the cluster, or `last`

@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = global.x + global.y * groups.x * workgroup_size;
  if (i >= params.slots || mass[i] == 0u) {
    return;
  }
  let replica = replica_of(id[i]);
  let run = replica * progress_stride;
  if (atomicLoad(&progress[run + progress_left]) == 0u || atomicLoad(&progress[run + progress_macro]) == 0u) {
    return;
  }
  let reach = atomicLoad(&progress[run + progress_reach]);
  let inverse_radius = atomicLoad(&progress[run + progress_inverse_radius]);
  var found: array<u32, capacity>;
  found[0] = i;
  var n = 1u;
  for (var visited = 0u; visited < n; visited++) {
    var walk = start_walk(found[visited], reach);
    while (walk.going) {
      let cell = walk_on(&walk);
      let end = cell_start[cell + 1u];
      for (var slot = cell_start[cell]; slot < end; slot++) {
        let j = order[slot];
        if (!is_near(found[visited], j, reach) || squared_distance(found[visited], j, inverse_radius) >= one) {
          continue;
        }
        var known = false;
        for (var k = 0u; k < n; k++) {
          known = known || found[k] == j;
        }
        if (known) {
          continue;
        }
        if (n == capacity) {
          // Too large to be followed: this replica does not take the step.
          atomicStore(&progress[run + progress_overflow], 1u);
          return;
        }
        found[n] = j;
        n += 1u;
      }
    }
  }
  var next = last;
  var is_first = true;
  for (var k = 1u; k < n; k++) {
    let j = found[k];
    is_first = is_first && id[i] < id[j];
    if (id[j] > id[i] && (next == last || id[j] < id[next])) {
      next = j;
    }
  }
  best[2u * i] = select(member, alone, n == 1u);
  best[2u * i + 1u] = next;
  if (is_first && n > 1u) {
    proposers[atomicAdd(&counters[counter_proposers], 1u)] = i;
  }
}
