// Carries out the matches of a step, logs them, and ends the step.
#import pair

const width = 256u;
const matched = 0x80000000u;
const record = 4u + dimension; // step, ring time, survivor, vanished, place

// The upper word of the 64-bit product.
fn multiply_high(a: u32, b: u32) -> u32 {
  let a1 = a >> 16u;
  let a0 = a & 0xffffu;
  let b1 = b >> 16u;
  let b0 = b & 0xffffu;
  let middle = a1 * b0 + ((a0 * b0) >> 16u);
  return a1 * b1 + (middle >> 16u) + (((middle & 0xffffu) + a0 * b1) >> 16u);
}

// Of the pair with i the lower id, i survives with probability m_i / (m_i + m_j).
fn lower_survives(i: u32, j: u32, step: u32) -> bool {
  return multiply_high(pair_words(id[i], id[j], step).y, mass[i] + mass[j]) < mass[i];
}

@compute @workgroup_size(width)
fn main(@builtin(local_invocation_index) lane: u32) {
  let n_proposers = atomicLoad(&counters[counter_proposers]);
  let step = atomicLoad(&counters[counter_step]);
  for (var a = lane; a < n_proposers; a += width) {
    let i = proposers[a];
    let j = best[2u * i + 1u] & ~matched;
    if ((best[2u * i + 1u] & matched) == 0u || id[i] > id[j]) {
      continue;
    }
    var survivor = i;
    var vanished = j;
#if ANNIHILATION
    mass[i] = 0u;
#else
    if (!lower_survives(i, j, step)) {
      survivor = j;
      vanished = i;
    }
    mass[survivor] += mass[vanished];
#endif
    mass[vanished] = 0u;
    let at = record * atomicAdd(&counters[counter_events], 1u);
    events[at] = step;
    events[at + 1u] = best[2u * i];
    events[at + 2u] = id[survivor];
    events[at + 3u] = id[vanished];
    for (var k = 0u; k < dimension; k++) {
      events[at + 4u + k] = place[dimension * survivor + k];
    }
  }
  workgroupBarrier(); // everybody has read the step before it ends
  if (lane == 0u && atomicLoad(&counters[counter_halted]) == 0u) {
    atomicStore(&counters[counter_step], step + 1u);
    if (atomicLoad(&counters[counter_offender]) != no_offender) {
      atomicStore(&counters[counter_halted], 1u);
    }
  }
}
