// A walk over the particles in the cells that the cube of half-width `reach` around a particle touches. The cells of a row, along the last
// axis, follow one another, and so do their particles in `order`. Twin: src/cpu/neighbours.ts.
#import cells
#import coarse

const nobody = 0x7fffffffu;

struct Walk {
  here: array<u32, dimension>,
  // Cells along each axis; along the last one instead the pieces of a row, of which there are two where it runs over the seam.
  first: array<u32, dimension>,
  count: array<u32, dimension>,
  at: array<u32, dimension>,
  row_cells: u32,
  base: u32,
  going: bool,
  slot: u32,
  end: u32,
}

fn start_walk(i: u32, reach: u32) -> Walk {
  var walk: Walk;
  for (var k = 0u; k < dimension; k++) {
    let bits = axis_bits(k);
    let x = place[dimension * i + k];
    walk.here[k] = x;
    walk.first[k] = cell_coordinate(x - reach, bits);
    walk.count[k] = ((cell_coordinate(x + reach, bits) - walk.first[k]) & ((1u << bits) - 1u)) + 1u;
  }
  let last = dimension - 1u;
  walk.row_cells = walk.count[last];
  walk.count[last] = select(1u, 2u, walk.first[last] + walk.row_cells > (1u << axis_bits(last)));
  walk.base = first_cell(id[i]);
  walk.going = true;
  return walk;
}

// Goes to the particles of the next piece of a row, as an odometer counts, since division would be dear.
fn next_row(walk: ptr<function, Walk>) {
  let last = dimension - 1u;
  var row = 0u;
  for (var k = 0u; k < last; k++) {
    let bits = axis_bits(k);
    row = (row << bits) | (((*walk).first[k] + (*walk).at[k]) & ((1u << bits) - 1u));
  }
  let bits = axis_bits(last);
  let until = (*walk).first[last] + (*walk).row_cells;
  let over = (*walk).at[last] == 1u;
  row = (*walk).base + (row << bits);
  (*walk).slot = cell_start[row + select((*walk).first[last], 0u, over)];
  (*walk).end = cell_start[row + select(min(until, 1u << bits), until - (1u << bits), over)];
  var carry = true;
  for (var k = 0u; k < dimension; k++) {
    let next = (*walk).at[k] + select(0u, 1u, carry);
    carry = next == (*walk).count[k];
    (*walk).at[k] = select(next, 0u, carry);
  }
  (*walk).going = !carry;
}

// Whether j, somebody else than i, lies in the cube of half-width `reach` around i, whose walk this is.
fn is_in_cube(walk: ptr<function, Walk>, i: u32, j: u32, reach: u32) -> bool {
  var farthest = 0u;
  for (var k = 0u; k < dimension; k++) {
    farthest = max(farthest, u32(abs(bitcast<i32>((*walk).here[k] - place[dimension * j + k]))));
  }
  return j != i && farthest <= reach;
}

// The ball of radius `reach` in distances cut to 14 bits: whoever is nearer is in it, and none much further away.
struct Ball {
  reach: u32,
  drop: u32,
  limit: u32,
}

fn ball_of(reach: u32) -> Ball {
  let drop = 32u - coarse_bits - min(32u - coarse_bits, countLeadingZeros(reach));
  let radius = (reach >> drop) + 1u;
  return Ball(reach, drop, radius * radius);
}

// Whether j, somebody else than i, lies in the ball around i, whose walk this is.
fn is_in_ball(walk: ptr<function, Walk>, i: u32, j: u32, ball: Ball) -> bool {
  var farthest = 0u;
  var square = 0u;
  for (var k = 0u; k < dimension; k++) {
    let along = u32(abs(bitcast<i32>((*walk).here[k] - place[dimension * j + k])));
    farthest = max(farthest, along);
    square += (along >> ball.drop) * (along >> ball.drop);
  }
  return j != i && farthest <= ball.reach && square < ball.limit;
}
