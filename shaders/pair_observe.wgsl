// Adds what the pairs of a uniform step live through, once it is decided who coagulates: their hazard until the first event of either, and in some
// steps, for all, the time at their distance.
#import invocation
#import pair
#import pair_sums
#import progress
#import walk

const matched = 0x80000000u;

// When i's event of this step takes place, as a fraction of it; one if it has none.
fn event_time(i: u32) -> u32 {
  return select(one, best[2u * i], (best[2u * i + 1u] & matched) != 0u);
}

@compute @workgroup_size(workgroup_size)
fn main(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = invocation(global, groups);
  if (i >= params.slots || mass[i] == 0u) {
    return;
  }
#if MULTIRATE
  if (!takes_uniform_step(id[i])) {
    return;
  }
  let step = progress_of(id[i], progress_step);
#else
  let step = counters[counter_step];
#endif
  // In the middle of 2^sample_bits steps.
  let sampled = (step & ((1u << sample_bits) - 1u)) == 1u << (sample_bits - 1u);
  let reach = select(params.reach, params.pairs_reach, sampled);
  var walk = start_walk(i, reach);
  while (walk.going) {
    next_row(&walk);
    for (var slot = walk.slot; slot < walk.end; slot++) {
      let j = order[slot];
      if (!is_in_cube(&walk, i, j, reach)) {
        continue;
      }
      let s = separation(i, j);
      if (sampled && id[i] < id[j]) {
        add_time(id[i], mass[i], mass[j], s, single_scale(params.tick_hazard, i32(sample_bits)));
      }
      let lived = single_mul(hazard_at(mass[i], mass[j], s, params.tick_hazard), min(event_time(i), event_time(j)));
      add_hazard(id[i], mass[i], place[dimension * i], mass[j], lived);
    }
  }
}
