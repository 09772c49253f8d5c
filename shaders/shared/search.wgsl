// The partner with which a particle rings first, among those near enough. Twin: src/cpu/pair_search.ts.
#import cells
#import pair

const nobody = 0x7fffffffu;
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

// Whether j lies in the cube of half-width `reach` around i.
fn is_near(i: u32, j: u32) -> bool {
  for (var k = 0u; k < dimension; k++) {
    if (coordinate_distance(i, j, k) > params.reach) {
      return false;
    }
  }
  return true;
}

// The earlier of what was found before and of pair {i, j}, if that rings.
fn earlier(i: u32, j: u32, step: u32, found: Proposal) -> Proposal {
  let time = ring_time(i, j, step);
  if (time != never && comes_before(i, time, j, found.time, found.partner)) {
    return Proposal(time, j);
  }
  return found;
}

// Walks the cells that the cube of half-width `reach` around particle i touches, mostly one where eps is small.
fn search(i: u32, step: u32, skip_matched: bool) -> Proposal {
  var first: array<u32, dimension>;
  var count: array<u32, dimension>;
  var at: array<u32, dimension>;
  for (var k = 0u; k < dimension; k++) {
    let bits = axis_bits(k);
    let x = place[dimension * i + k];
    first[k] = cell_coordinate(x - params.reach, bits);
    count[k] = ((cell_coordinate(x + params.reach, bits) - first[k]) & ((1u << bits) - 1u)) + 1u;
  }
  let base = first_cell(id[i]);
  var found = Proposal(never, nobody);
  // A pair's draw is dear, and near ones are rare: invocations of a subgroup that each keep one waiting mostly
  // draw together, once, at the end.
  var waiting = nobody;
  var walking = true;
  while (walking) {
    var cell = 0u;
    for (var k = 0u; k < dimension; k++) {
      let bits = axis_bits(k);
      cell = (cell << bits) | ((first[k] + at[k]) & ((1u << bits) - 1u));
    }
    let end = cell_start[base + cell + 1u];
    for (var slot = cell_start[base + cell]; slot < end; slot++) {
      let j = order[slot];
      if (j == i || !is_near(i, j) || (skip_matched && is_matched(j))) {
        continue;
      }
      if (waiting != nobody) {
        found = earlier(i, waiting, step, found);
      }
      waiting = j;
    }
    // The next cell, as an odometer counts; division would be dear.
    var carry = true;
    for (var k = 0u; k < dimension; k++) {
      at[k] += select(0u, 1u, carry);
      carry = at[k] == count[k];
      at[k] = select(at[k], 0u, carry);
    }
    walking = !carry;
  }
  if (waiting != nobody) {
    found = earlier(i, waiting, step, found);
  }
  return found;
}
