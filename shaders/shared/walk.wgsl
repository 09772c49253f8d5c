// A walk over the cells that the cube of half-width `reach` around a particle touches. Twin: src/cpu/neighbours.ts.
#import cells
#import distance

struct Walk {
  first: array<u32, dimension>,
  count: array<u32, dimension>,
  at: array<u32, dimension>,
  base: u32,
  going: bool,
}

fn start_walk(i: u32, reach: u32) -> Walk {
  var walk: Walk;
  for (var k = 0u; k < dimension; k++) {
    let bits = axis_bits(k);
    let x = place[dimension * i + k];
    walk.first[k] = cell_coordinate(x - reach, bits);
    walk.count[k] = ((cell_coordinate(x + reach, bits) - walk.first[k]) & ((1u << bits) - 1u)) + 1u;
  }
  walk.base = first_cell(id[i]);
  walk.going = true;
  return walk;
}

// The cell where the walk is; then goes on to the next as an odometer counts, since division would be dear.
fn walk_on(walk: ptr<function, Walk>) -> u32 {
  var cell = 0u;
  var carry = true;
  for (var k = 0u; k < dimension; k++) {
    let bits = axis_bits(k);
    cell = (cell << bits) | (((*walk).first[k] + (*walk).at[k]) & ((1u << bits) - 1u));
    let next = (*walk).at[k] + select(0u, 1u, carry);
    carry = next == (*walk).count[k];
    (*walk).at[k] = select(next, 0u, carry);
  }
  (*walk).going = !carry;
  return (*walk).base + cell;
}

// Whether j lies in the cube of half-width `reach` around i.
fn is_near(i: u32, j: u32, reach: u32) -> bool {
  for (var k = 0u; k < dimension; k++) {
    if (coordinate_distance(i, j, k) > reach) {
      return false;
    }
  }
  return true;
}
