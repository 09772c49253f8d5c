// Every particle finds the pairs within range it belongs to, draws when they ring in this step, and proposes the first.
#import invocation
#import progress
#import search

#if RADII
fn largest_radius() -> u32 {
  return atomicLoad(&counters[counter_largest]);
}
#endif

fn is_matched(j: u32) -> bool {
  return false; // nobody is, at the start of a step
}

@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = invocation(global, groups);
  if (i >= params.slots || mass[i] == 0u) {
    return;
  }
#if MULTIRATE
  if (!takes_uniform_step(id[i])) {
    return;
  }
  let step = progress_of(id[i], progress_step);
#else
  let step = atomicLoad(&counters[counter_step]);
#endif
  let found = search(i, step, false);
  if (found.partner != nobody) {
    best[2u * i] = found.time;
    best[2u * i + 1u] = found.partner;
    proposers[atomicAdd(&counters[counter_proposers], 1u)] = i;
  }
#if PAIRS
  else {
    best[2u * i + 1u] = nobody; // not what an earlier step left
  }
#elif FRAGMENTATION
  else {
    best[2u * i + 1u] = nobody;
  }
#endif
}
