// The partner with which a particle rings first, among those near enough. Twin: src/cpu/pair_search.ts.
#import pair
#import walk

const matched = 0x80000000u; // the bit beside a partner that says: these two coagulate in this step

struct Proposal {
  time: u32,
  partner: u32,
}

// Whether pair {i, a} comes before pair {i, b}: earlier, or at the same time with the smaller ids.
fn comes_before(i: u32, time_a: u32, a: u32, time_b: u32, b: u32) -> bool {
  if (time_a != time_b || b == nobody) {
    return time_a < time_b;
  }
  let low_a = min(id[i], id[a]);
  let low_b = min(id[i], id[b]);
  return low_a < low_b || (low_a == low_b && max(id[i], id[a]) < max(id[i], id[b]));
}

// The partner with which i rings first among those near enough, by walking the cells around it.
fn search(i: u32, step: u32, skip_matched: bool) -> Proposal {
#if RADII
  let reach = lattice_units_of(largest_range_of(i, largest_radius())) + params.margin;
#else
  let reach = params.reach;
#endif
  var walk = start_walk(i, reach);
  var found = Proposal(never, nobody);
  // A pair's draw is dear, and near ones are rare: invocations of a subgroup that each keep one waiting mostly
  // draw together, once, at the end.
  var waiting = nobody;
  loop {
    var near = nobody;
    while (near == nobody && (walk.slot < walk.end || walk.going)) {
      if (walk.slot == walk.end) {
        next_row(&walk);
        continue;
      }
      let j = order[walk.slot];
      walk.slot += 1u;
      if (is_in_cube(&walk, i, j, reach) && !(skip_matched && is_matched(j))) {
        near = j;
      }
    }
    if (waiting != nobody) {
      let time = ring_time(i, waiting, step);
      if (time != never && comes_before(i, time, waiting, found.time, found.partner)) {
        found = Proposal(time, waiting);
      }
    }
    if (near == nobody) {
      break;
    }
    waiting = near;
  }
  return found;
}
