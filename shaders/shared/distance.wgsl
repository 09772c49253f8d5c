// How far apart two particles are, the shorter way around the torus. Twin: src/cpu/distance.ts.
#import single

const one = 0x3f800000u; // 1 in single precision
const far_apart = 0x7f800000u; // a squared distance beyond any range

// |x_i - x_j| along axis k, in lattice units.
fn coordinate_distance(i: u32, j: u32, k: u32) -> u32 {
  return u32(abs(bitcast<i32>(place[dimension * i + k] - place[dimension * j + k])));
}

// A distance along one axis as its share of |x_i - x_j|^2 in units of the range unit squared; those of all axes are to be added up in order.
fn squared_share(along: u32) -> u32 {
  let scaled = single_mul(single_from_integer(along), params.inverse_range);
  return single_mul(scaled, scaled);
}

// |x_i - x_j|^2 in units of the range unit squared.
fn separation(i: u32, j: u32) -> u32 {
  var sum = 0u;
  for (var k = 0u; k < dimension; k++) {
    sum = single_add(sum, squared_share(coordinate_distance(i, j, k)));
  }
  return sum;
}
