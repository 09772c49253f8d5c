// Who coagulates with nobody in this step may split, in reverse of a coagulation. The part that leaves is one of those that the particle has taken up: of
// mass m, the m-th on its circle, which is cut behind it. Its slot is free until then, so who splits is known before anybody comes to life.
#import invocation
#import merge

const matched = 0x80000000u; // see shared/search.wgsl

@compute @workgroup_size(workgroup_size)
fn choose(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = invocation(global, groups);
  if (i >= params.slots) {
    return;
  }
  let m = mass[i];
  if (m != 0u && (best[2u * i + 1u] & matched) != 0u) {
    return;
  }
  // The mass that leaves, 0 for none.
  best[2u * i] = 0u;
  best[2u * i + 1u] = 0u;
  if (m < 2u || atomicLoad(&counters[counter_halted]) != 0u) {
    return;
  }
  let word = fragment_words(i, 0u, 0u).x;
  let row = params.split_table + m * params.rate_size;
  for (var n = 1u; n < m; n++) {
    if (word < tables[row + n - 1u]) {
      best[2u * i] = m - n;
      break;
    }
  }
}

@compute @workgroup_size(workgroup_size)
fn split(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let i = invocation(global, groups);
  if (i >= params.slots || (best[2u * i + 1u] & matched) != 0u || best[2u * i] == 0u) {
    return;
  }
  let leaves = best[2u * i];
  let child = release(i, leaves);
  mass[i] -= leaves;
  mass[child] = leaves;
  place_in_ball(i, child);
  log_event(i, child, atomicLoad(&counters[counter_step]), 0xffffffffu, child);
}

// Cuts the next `count` from the circle of i; the last of them comes to life, the others are its circle.
fn release(i: u32, count: u32) -> u32 {
  let begin = next[i];
  var child = begin;
  for (var k = 1u; k < count; k++) {
    child = next[child];
  }
  next[i] = next[child];
  next[child] = begin;
  return child;
}

// Puts j at a uniform place of the lattice in the ball around i: the first that is in it of those drawn from the cube.
fn place_in_ball(i: u32, j: u32) {
  let cube = 2u * params.reach + 1u;
  var words: vec4<u32>;
  var s = one;
  for (var attempt = 0u; s >= one; attempt++) {
    s = 0u;
    for (var k = 0u; k < dimension; k++) {
      if (k % 4u == 0u) {
        words = fragment_words(i, 1u + k / 4u, attempt);
      }
      let by = multiply_high(words[k % 4u], cube) - params.reach;
      place[dimension * j + k] = place[dimension * i + k] + by;
      s = single_add(s, squared_share(u32(abs(bitcast<i32>(by)))));
    }
  }
}

fn fragment_words(i: u32, block: u32, attempt: u32) -> vec4<u32> {
  let replica = replica_of(id[i]);
  let particle = id[i] - replica * params.particles;
  return random_words(replica, stream_fragment, vec4(particle, atomicLoad(&counters[counter_step]), block, attempt));
}
