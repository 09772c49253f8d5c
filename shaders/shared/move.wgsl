// A Gaussian move of one particle. Twin: `moveBy` in src/cpu/brownian_step.ts.
#import gaussian
#import replicas
#import streams

// sigma in lattice units, single precision.
fn move_by(i: u32, step: u32, sigma: u32) {
  let replica = replica_of(id[i]);
  let particle = id[i] - replica * params.particles;
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
}
