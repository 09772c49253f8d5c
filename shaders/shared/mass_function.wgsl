// A positive function of mass from a table: exact below 1024, then linear between 512 nodes an octave.
// Twin: src/exact/massFunction.ts.
#import single

fn mass_function(table: u32, mass: u32) -> u32 {
  if (mass < 1024u) {
    return tables[table + mass];
  }
  let shift = 22u - countLeadingZeros(mass);
  let node = table + 1024u + (shift - 1u) * 512u + (mass >> shift) - 512u;
  let past = mass & ((1u << shift) - 1u);
  return single_add(
    single_mul(tables[node], single_scale(single_from_integer((1u << shift) - past), -i32(shift))),
    single_mul(tables[node + 1u], single_scale(single_from_integer(past), -i32(shift))),
  );
}
