// Places of a cluster's members on a lattice refined by a power of two. A coordinate takes fine_words words, least significant first: the
// last is the place on the base lattice, those before it are its fraction. Twin: src/exact/fine.ts.
#import coarse
#import gaussian

const fine_bits = 32u * (fine_words - 1u);

var<private> fine: array<u32, cluster_capacity * dimension * fine_words>;
// How far apart two members are along each axis.
var<private> apart: array<u32, dimension * fine_words>;

// Member a takes a coordinate from the base lattice.
fn refine(a: u32, k: u32, at: u32) {
  let first = fine_words * (dimension * a + k);
  for (var w = 0u; w + 1u < fine_words; w++) {
    fine[first + w] = 0u;
  }
  fine[first + fine_words - 1u] = at;
}

// The place on the base lattice, without the fraction.
fn on_lattice(a: u32, k: u32) -> u32 {
  return fine[fine_words * (dimension * a + k) + fine_words - 1u];
}

// The nearest place of the base lattice.
fn coarsen(a: u32, k: u32) -> u32 {
  let top = fine_words * (dimension * a + k) + fine_words - 1u;
  if (fine_words == 1u) {
    return fine[top];
  }
  return fine[top] + (fine[max(top, 1u) - 1u] >> 31u);
}

// Adds to a coordinate a Gaussian of standard deviation sigma 2^(fine_bits - halvings) units of the refined lattice, rounded to the nearest, halves
// away from zero; sigma is in single precision.
fn displace(a: u32, k: u32, word: u32, sigma: u32, halvings: u32) {
  let first = fine_words * (dimension * a + k);
  if (fine_words == 1u) {
    fine[first] += displacement(word, single_scale(sigma, -i32(halvings)));
    return;
  }
  let p = product48(gaussian_magnitude(word), significand(sigma));
  // The product counts in units of 2^-down: 21 fractional bits of z, and sigma = significand * 2^(exponent - 150).
  let down = 171 - i32(sigma >> 23u) - i32(fine_bits) + i32(halvings);
  var low = p.y | (p.x << 24u);
  var high = p.x >> 8u;
  if (sigma == 0u) {
    low = 0u;
    high = 0u;
  } else if (down > 0) {
    // Rounded, once the half is added; what is below 2^-49 of the unit is none.
    let half = select(vec2(0u, 1u << u32(clamp(down - 33, 0, 31))), vec2(1u << u32(min(down - 1, 31)), 0u), down <= 32);
    let sum = low + half.x;
    high += half.y + select(0u, 1u, sum < low);
    low = sum;
    if (down > 50) {
      low = 0u;
      high = 0u;
    }
  }
  let negative = (word >> 31u) == 1u;
  var carry = select(0u, 1u, negative);
  for (var w = 0u; w < fine_words; w++) {
    let part = shifted_word(low, high, 32 * i32(w) + down);
    // Subtracting is adding the complement and one.
    let added = select(part, ~part, negative);
    let sum = fine[first + w] + added;
    let all = sum + carry;
    carry = select(0u, 1u, sum < added || all < sum);
    fine[first + w] = all;
  }
}

// The lower word of the 64-bit number shifted down, or up where `down` is negative.
fn shifted_word(low: u32, high: u32, down: i32) -> u32 {
  if (down <= -32 || down >= 64) {
    return 0u;
  }
  if (down <= 0) {
    return low << u32(-down);
  }
  if (down >= 32) {
    return high >> u32(down - 32);
  }
  return (low >> u32(down)) | (high << u32(32 - down));
}

// Measures how far apart members a and b are along each axis, the shorter way around the torus.
fn measure(a: u32, b: u32) {
  for (var k = 0u; k < dimension; k++) {
    let x = fine_words * (dimension * a + k);
    let y = fine_words * (dimension * b + k);
    let to = fine_words * k;
    if (fine_words == 1u) {
      apart[to] = u32(abs(bitcast<i32>(fine[x] - fine[y])));
      continue;
    }
    var borrow = 0u;
    for (var w = 0u; w < fine_words; w++) {
      let minuend = fine[x + w];
      let difference = minuend - fine[y + w];
      let all = difference - borrow;
      borrow = select(0u, 1u, difference > minuend || all > difference);
      apart[to + w] = all;
    }
    if ((apart[to + fine_words - 1u] >> 31u) == 0u) {
      continue;
    }
    var carry = 1u;
    for (var w = 0u; w < fine_words; w++) {
      let negated = ~apart[to + w] + carry;
      carry = select(0u, carry, negated == 0u);
      apart[to + w] = negated;
    }
  }
}

// Bits of the distance along axis k without leading zeros; 0 for zero.
fn bit_length(k: u32) -> u32 {
  for (var w = fine_words; w > 0u; w--) {
    let word = apart[fine_words * k + w - 1u];
    if (word != 0u) {
      return 32u * w - countLeadingZeros(word);
    }
  }
  return 0u;
}

// The distance along axis k without its lowest `drop` bits, which must leave at most 32.
fn leading(k: u32, drop: u32) -> u32 {
  if (fine_words == 1u) {
    return apart[k] >> drop;
  }
  let w = drop >> 5u;
  let shift = drop & 31u;
  let above = select(0u, apart[fine_words * k + min(w + 1u, fine_words - 1u)] << ((32u - shift) & 31u), shift != 0u && w + 1u < fine_words);
  return (apart[fine_words * k + w] >> shift) | above;
}
