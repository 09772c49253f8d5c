// Ends a step of a multirate run: each replica that took it counts it, and nobody is known to be in a cluster any more.
#import invocation

@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let replica = invocation(global, groups);
  // Once halted, the step goes on when the host has emptied the log.
  if (replica >= params.replicas || counters[counter_halted] != 0u) {
    return;
  }
  if (replica == 0u) {
    counters[counter_step] += 1u;
    counters[counter_firsts] = 0u;
    counters[counter_pairs] = 0u;
    counters[counter_larger] = 0u;
    counters[counter_beyond] = 0u;
    counters[counter_roomy] = 0u;
  }
  let run = replica * progress_stride;
  if (progress[run + progress_left] == 0u || progress[run + progress_overflow] != 0u) {
    return;
  }
  progress[run + progress_step] += 1u;
  progress[run + progress_left] -= 1u;
}
