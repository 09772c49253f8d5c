// Threefry-4x32-20: four random words as a function of a key and a counter. Twin: src/exact/threefry.ts.

fn rotl(x: u32, by: u32) -> u32 {
  return (x << by) | (x >> (32u - by));
}

// Two rounds: lanes (0,1) and (2,3) mix, then (0,3) and (2,1).
fn threefry_rounds(x_in: vec4<u32>, r: vec4<u32>) -> vec4<u32> {
  var x = x_in;
  x.x += x.y;
  x.y = rotl(x.y, r.x) ^ x.x;
  x.z += x.w;
  x.w = rotl(x.w, r.y) ^ x.z;
  x.x += x.w;
  x.w = rotl(x.w, r.z) ^ x.x;
  x.z += x.y;
  x.y = rotl(x.y, r.w) ^ x.z;
  return x;
}

fn threefry(key: vec4<u32>, counter: vec4<u32>) -> vec4<u32> {
  let last = 0x1bd11bdau ^ key.x ^ key.y ^ key.z ^ key.w;
  var x = counter + key;
  x = threefry_rounds(threefry_rounds(x, vec4(10u, 26u, 11u, 21u)), vec4(13u, 27u, 23u, 5u));
  x += vec4(key.y, key.z, key.w, last + 1u);
  x = threefry_rounds(threefry_rounds(x, vec4(6u, 20u, 17u, 11u)), vec4(25u, 10u, 18u, 20u));
  x += vec4(key.z, key.w, last, key.x + 2u);
  x = threefry_rounds(threefry_rounds(x, vec4(10u, 26u, 11u, 21u)), vec4(13u, 27u, 23u, 5u));
  x += vec4(key.w, last, key.x, key.y + 3u);
  x = threefry_rounds(threefry_rounds(x, vec4(6u, 20u, 17u, 11u)), vec4(25u, 10u, 18u, 20u));
  x += vec4(last, key.x, key.y, key.z + 4u);
  x = threefry_rounds(threefry_rounds(x, vec4(10u, 26u, 11u, 21u)), vec4(13u, 27u, 23u, 5u));
  x += vec4(key.x, key.y, key.z, key.w + 5u);
  return x;
}
