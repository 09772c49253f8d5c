// Counts the living in their cells, where no stage before has done so on the way.
#import cells

@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = global.x + global.y * groups.x * workgroup_size;
  if (i < params.slots && mass[i] != 0u) {
    rank[i] = atomicAdd(&cell_count[cell_of(i)], 1u);
  }
}
