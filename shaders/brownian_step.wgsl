// Every living particle moves by its Gaussian step and is counted in its new cell; of a multirate run those in no cluster move.
#import invocation
#import mass_function
#import move
#import cells
#import progress

@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = invocation(global, groups);
  // Once halted nothing moves, so that the host finds the state in which trouble arose.
  if (i >= params.slots || mass[i] == 0u || atomicLoad(&counters[counter_halted]) != 0u) {
    return;
  }
  let sigma = mass_function(params.sigma_table, mass[i]);
#if MULTIRATE
  if (takes_macro_step(id[i])) {
    if (best[2u * i] == 0u) {
      move_by(i, progress_of(id[i], progress_step), single_mul(progress_of(id[i], progress_stretch), sigma));
    }
  } else if (takes_uniform_step(id[i])) {
    move_by(i, progress_of(id[i], progress_step), sigma);
  }
#else
  move_by(i, atomicLoad(&counters[counter_step]), sigma);
  rank[i] = atomicAdd(&cell_count[cell_of(i)], 1u);
#endif
}
