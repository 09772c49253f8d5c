// Counts the living in their cells, where no stage before has done so on the way; and nobody is known to be near anybody any more.
#import cells
#import invocation

@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = invocation(global, groups);
  // Once halted, who is in which cluster must not be lost.
  if (i >= params.slots || counters[counter_halted] != 0u) {
    return;
  }
  // Of the dead too: the living may come to lie where they were.
  best[2u * i] = 0u;
  if (mass[i] != 0u) {
    rank[i] = atomicAdd(&cell_count[cell_of(i)], 1u);
  }
}
