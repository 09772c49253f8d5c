// Decides which proposed pairs coagulate: greedy in the order of ring times. In rounds, a pair that is the first for both its
// particles is matched, and who lost a partner proposes anew among the unmatched, until no proposal is left.
// One workgroup: proposals are few, and the number of rounds is not known beforehand.
#import progress
#import search

var<workgroup> sh_pending: atomic<u32>;

#if RADII
fn largest_radius() -> u32 {
  return counters[counter_largest];
}
#endif

fn is_matched(j: u32) -> bool {
  return (best[2u * j + 1u] & matched) != 0u;
}

@compute @workgroup_size(together)
fn main(@builtin(local_invocation_index) lane: u32) {
  let n_proposers = counters[counter_proposers];
  loop {
    for (var a = lane; a < n_proposers; a += together) {
      let i = proposers[a];
      let j = best[2u * i + 1u];
      // Only the lower id of a pair writes, and only to the two of its pair.
      if (!is_matched(i) && j != nobody && best[2u * j + 1u] == i && id[i] < id[j]) {
        best[2u * i + 1u] = j | matched;
        best[2u * j + 1u] = i | matched;
      }
    }
    storageBarrier(); // all matches of the round are made before anybody looks for who is left
    if (lane == 0u) {
      atomicStore(&sh_pending, 0u);
    }
    workgroupBarrier(); // the count is zero before anybody adds to it
    for (var a = lane; a < n_proposers; a += together) {
      let i = proposers[a];
      let j = best[2u * i + 1u];
      if (is_matched(i) || j == nobody) {
        continue;
      }
      if (is_matched(j)) {
#if MULTIRATE
        let step = progress_of(id[i], progress_step);
#else
        let step = counters[counter_step];
#endif
        let found = search(i, step, true);
        best[2u * i] = found.time;
        best[2u * i + 1u] = found.partner;
        if (found.partner == nobody) {
          continue;
        }
      }
      atomicAdd(&sh_pending, 1u);
    }
    storageBarrier(); // all proposals are renewed before the next round reads them
    workgroupBarrier(); // and all are counted
    if (workgroupUniformLoad(&sh_pending) == 0u) {
      break;
    }
  }
}
