// Moves the living together, in the order of their cells, and drops the dead: places first, then who they are. The event log, drained before, is the
// scratch.
#import invocation

@compute @workgroup_size(workgroup_size)
fn gather_places(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let slot = invocation(global, groups);
  if (slot >= counters[counter_living]) {
    return;
  }
  for (var k = 0u; k < dimension; k++) {
    events[dimension * slot + k] = place[dimension * order[slot] + k];
  }
}

@compute @workgroup_size(workgroup_size)
fn settle_places(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let slot = invocation(global, groups);
  if (slot >= counters[counter_living]) {
    return;
  }
  for (var k = 0u; k < dimension; k++) {
    place[dimension * slot + k] = events[dimension * slot + k];
  }
}

@compute @workgroup_size(workgroup_size)
fn gather_who(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let slot = invocation(global, groups);
  if (slot >= counters[counter_living]) {
    return;
  }
  events[2u * slot] = mass[order[slot]];
  events[2u * slot + 1u] = id[order[slot]];
}

@compute @workgroup_size(workgroup_size)
fn settle_who(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let slot = invocation(global, groups);
  if (slot >= params.slots) {
    return;
  }
  if (slot >= counters[counter_living]) {
    mass[slot] = 0u;
    return;
  }
  mass[slot] = events[2u * slot];
  id[slot] = events[2u * slot + 1u];
  order[slot] = slot;
}
