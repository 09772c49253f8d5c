// Moves the living together, in the order of their cells, and drops the dead. The event log, drained before, is the scratch.

const record = 2u + dimension; // mass, id, place

@compute @workgroup_size(workgroup_size)
fn gather(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let slot = global.x + global.y * groups.x * workgroup_size;
  if (slot >= counters[counter_living]) {
    return;
  }
  let i = order[slot];
  events[record * slot] = mass[i];
  events[record * slot + 1u] = id[i];
  for (var k = 0u; k < dimension; k++) {
    events[record * slot + 2u + k] = place[dimension * i + k];
  }
}

@compute @workgroup_size(workgroup_size)
fn settle(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let slot = global.x + global.y * groups.x * workgroup_size;
  if (slot >= params.slots) {
    return;
  }
  if (slot >= counters[counter_living]) {
    mass[slot] = 0u;
    return;
  }
  mass[slot] = events[record * slot];
  id[slot] = events[record * slot + 1u];
  for (var k = 0u; k < dimension; k++) {
    place[dimension * slot + k] = events[record * slot + 2u + k];
  }
  order[slot] = slot;
}
