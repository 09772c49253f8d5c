// Counts the living of each replica by class of mass: mass_count[replica][min(class, K + 1) - 1], K observed classes and all above.
#import invocation
#import replicas

@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = invocation(global, groups);
  if (i >= params.slots || mass[i] == 0u) {
    return;
  }
  let replica = replica_of(id[i]);
  let columns = params.observed_masses + 1u;
  atomicAdd(&mass_count[replica * columns + min((mass[i] - 1u) / params.mass_width, columns - 1u)], 1u);
}
