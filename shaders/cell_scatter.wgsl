// Lists the living by cell: order[cell_start[c] .. cell_start[c + 1]) are the particles in cell c, in any order.
#import cells
#import invocation

@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = invocation(global, groups);
  if (i >= params.slots || mass[i] == 0u) {
    return;
  }
  order[cell_start[cell_of(i)] + rank[i]] = i;
}
