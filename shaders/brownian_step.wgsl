// Every living particle moves by its Gaussian step and is counted in its new cell.
#import gaussian
#import mass_function
#import replicas
#import streams
#import cells

@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = global.x + global.y * groups.x * workgroup_size;
  // Once halted nothing moves, so that the host finds the state in which trouble arose.
  if (i >= params.slots || mass[i] == 0u || atomicLoad(&counters[counter_halted]) != 0u) {
    return;
  }
  let replica = replica_of(id[i]);
  let particle = id[i] - replica * params.particles;
  let step = atomicLoad(&counters[counter_step]);
  let sigma = mass_function(params.sigma_table, mass[i]);
  var words: vec4<u32>;
  for (var k = 0u; k < dimension; k++) {
    if (k % 4u == 0u) {
      words = random_words(replica, stream_move, vec4(particle, step, k / 4u, 0u));
    }
    let before = place[dimension * i + k];
    let by = displacement(words[k % 4u], sigma);
    place[dimension * i + k] = before + by;
#if OPEN
    // In R^d nobody may cross the seam of the torus that stands for it.
    if ((before + by < before) != ((by >> 31u) == 1u) && by != 0u) {
      atomicMin(&counters[counter_offender], id[i]);
    }
#endif
  }
  rank[i] = atomicAdd(&cell_count[cell_of(i)], 1u);
}
