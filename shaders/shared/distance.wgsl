// How far apart two particles are, the shorter way around the torus. Twin: src/cpu/pair.ts.
#import single

const one = 0x3f800000u; // 1 in single precision

// |x_i - x_j| along axis k, in lattice units.
fn coordinate_distance(i: u32, j: u32, k: u32) -> u32 {
  return u32(abs(bitcast<i32>(place[dimension * i + k] - place[dimension * j + k])));
}

// |x_i - x_j|^2 in units of a length whose inverse, in lattice units, is given in single precision.
fn squared_distance(i: u32, j: u32, inverse_unit: u32) -> u32 {
  var sum = 0u;
  for (var k = 0u; k < dimension; k++) {
    let scaled = single_mul(single_from_integer(coordinate_distance(i, j, k)), inverse_unit);
    sum = single_add(sum, single_mul(scaled, scaled));
  }
  return sum;
}

// |x_i - x_j|^2 / eps^2.
fn separation(i: u32, j: u32) -> u32 {
  return squared_distance(i, j, params.inverse_range);
}
