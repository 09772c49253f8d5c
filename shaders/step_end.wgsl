// Ends a step of a multirate run: each replica that took it counts it.

@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let replica = global.x + global.y * groups.x * workgroup_size;
  let run = replica * progress_stride;
  if (replica >= params.replicas || progress[run + progress_left] == 0u || progress[run + progress_overflow] != 0u) {
    return;
  }
  progress[run + progress_step] += 1u;
  progress[run + progress_left] -= 1u;
}
