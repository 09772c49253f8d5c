// Carries out the matches of a step, logs them, and ends the step.
#import merge
#import progress

const matched = 0x80000000u;

@compute @workgroup_size(together)
fn main(@builtin(local_invocation_index) lane: u32) {
  let n_proposers = atomicLoad(&counters[counter_proposers]);
  let step_of_all = atomicLoad(&counters[counter_step]);
  for (var a = lane; a < n_proposers; a += together) {
    let i = proposers[a];
    let j = best[2u * i + 1u] & ~matched;
    if ((best[2u * i + 1u] & matched) == 0u || id[i] > id[j]) {
      continue;
    }
#if MULTIRATE
    let step = progress_of(id[i], progress_step);
#else
    let step = step_of_all;
#endif
    merge_pair(i, j, step, 0u, fixed_point(best[2u * i], 32u));
  }
  workgroupBarrier(); // everybody has read the step and logged the events before it ends
#if MULTIRATE
  // step_end ends it.
#else
  if (lane == 0u && atomicLoad(&counters[counter_halted]) == 0u) {
    atomicStore(&counters[counter_step], step_of_all + 1u);
    if (atomicLoad(&counters[counter_offender]) != no_offender) {
      atomicStore(&counters[counter_halted], 1u);
    }
    // The events of another step might not fit.
    if (atomicLoad(&counters[counter_events]) + params.uniform_events > arrayLength(&events) / record) {
      atomicStore(&counters[counter_halted], 1u);
    }
  }
#endif
}
