// A standard Gaussian as an integer function of one word, and displacements made from it. Twin: src/exact/gaussian.ts.
#import single

// |z| in units of 2^-21.
fn gaussian_magnitude(word: u32) -> u32 {
  let p = (word << 1u) | 1u;
  let octave = countLeadingZeros(p);
  let fraction = p << octave;
  let at = params.gaussian_table + octave * 129u + ((fraction >> 24u) & 127u);
  let far = tables[at];
  let drop = far - tables[at + 1u];
  return far - ((drop * ((fraction >> 8u) & 0xffffu) + 0x8000u) >> 16u);
}

// z * sigma to the nearest integer, halves away from zero, modulo 2^32; sigma is a single-precision pattern.
fn displacement(word: u32, sigma: u32) -> u32 {
  let size = rounded_product(gaussian_magnitude(word), sigma);
  return select(size, 0u - size, (word >> 31u) == 1u);
}

// The same of |z| in units of 2^-21.
fn rounded_product(magnitude: u32, sigma: u32) -> u32 {
  let p = product48(magnitude, significand(sigma));
  // The product counts in units of 2^-shift: 21 fractional bits of z, and sigma = significand * 2^(exponent - 150).
  let shift = 171u - (sigma >> 23u);
  if (shift <= 24u) {
    return (p.x << (24u - shift)) + ((p.y + (1u << (shift - 1u))) >> shift);
  }
  if (shift <= 48u) {
    return (p.x + (1u << (shift - 25u))) >> (shift - 24u);
  }
  return 0u;
}
