// V of the squared distance s = |x|^2 / eps^2 from a table of 1024 segments. Twin: src/exact/potentialTable.ts.
#import single

fn potential_at(s: u32) -> u32 {
  // The leading 24 bits of s below its point: 10 choose the segment, 14 the way along it. The exponent of s is below 127.
  let below = 126u - (s >> 23u);
  if (below > 24u) {
    return tables[params.potential_table];
  }
  let fixed = significand(s) >> below;
  let segment = params.potential_table + 2u * (fixed >> 14u);
  let along = fixed & 0x3fffu;
  return single_add(
    single_mul(tables[segment], single_scale(single_from_integer(0x4000u - along), -14)),
    single_mul(tables[segment + 1u], single_scale(single_from_integer(along), -14)),
  );
}
