// The time elapsed in a macro-step, as a binary fraction of it, most significant word first: a bit a level. Twin: src/exact/elapsed.ts.

var<private> elapsed: array<u32, elapsed_words>;

// The coarsest level of whose length the time elapsed is a multiple.
fn coarsest_level() -> u32 {
  for (var w = elapsed_words; w > 0u; w--) {
    if (elapsed[w - 1u] != 0u) {
      return 32u * w - countTrailingZeros(elapsed[w - 1u]);
    }
  }
  return 0u;
}

// Goes on to the next multiple of this level's length. False once the whole macro-step has elapsed.
fn elapse(level: u32) -> bool {
  if (level == 0u) {
    return false;
  }
  let last_word = (level - 1u) >> 5u;
  let bit = 1u << (31u - ((level - 1u) & 31u));
  for (var w = last_word + 1u; w < elapsed_words; w++) {
    elapsed[w] = 0u;
  }
  elapsed[last_word] &= ~(bit - 1u);
  var carry = bit;
  for (var w = last_word + 1u; w > 0u && carry > 0u; w--) {
    let sum = elapsed[w - 1u] + carry;
    carry = select(0u, 1u, sum < carry);
    elapsed[w - 1u] = sum;
  }
  return carry == 0u;
}
