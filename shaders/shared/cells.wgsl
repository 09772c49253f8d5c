// The grid of cells: 2^bits(k) along axis k, numbered row by row, replica after replica. Twin: src/cpu/cells.ts.
#import replicas

fn axis_bits(k: u32) -> u32 {
  return params.cell_base + select(0u, 1u, k >= dimension - params.cell_extra);
}

// Shifts by two steps, since a shift by 32 is not defined.
fn cell_coordinate(x: u32, bits: u32) -> u32 {
  return (x >> 1u) >> (31u - bits);
}

fn first_cell(id: u32) -> u32 {
  return replica_of(id) << params.cell_bits;
}

fn cell_of(i: u32) -> u32 {
  var cell = 0u;
  for (var k = 0u; k < dimension; k++) {
    let bits = axis_bits(k);
    cell = (cell << bits) | cell_coordinate(place[dimension * i + k], bits);
  }
  return first_cell(id[i]) + cell;
}
