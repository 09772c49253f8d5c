// Turns the counts of the cells into where each cell's particles start, and clears the counts: reduce, then scan.
#import invocation
#if IN_STEP
// A run is of a whole workgroup, whose invocations read and write cells side by side.

override run: u32 = scan_run * workgroup_size;
#else
// A run is of a single invocation, since those of a workgroup cannot wait for each other on our own adapter.

const run = scan_run;
#endif
// The one workgroup that scans the sums of the runs is divided into teams.
override teams: u32 = min(16u, together);
override team_size: u32 = together / teams;

var<workgroup> sh_sum: array<u32, together>;
var<workgroup> sh_team: array<u32, teams>;

fn n_runs() -> u32 {
  return (params.n_cells + run - 1u) / run;
}

@compute @workgroup_size(together)
fn scan_runs(@builtin(local_invocation_index) lane: u32) {
  let share = (n_runs() + together - 1u) / together;
  let begin = min(lane * share, n_runs());
  let end = min(begin + share, n_runs());
  var sum = 0u;
  for (var r = begin; r < end; r++) {
    sum += run_start[r];
  }
  sh_sum[lane] = sum;
  workgroupBarrier(); // all sums are written before anybody adds up those of a team
  if (lane < teams) {
    var team_sum = 0u;
    for (var member = 0u; member < team_size; member++) {
      team_sum += sh_sum[lane * team_size + member];
    }
    sh_team[lane] = team_sum;
  }
  workgroupBarrier(); // and those of the teams before any lane adds up what is below it
  let team = lane / team_size;
  var start = 0u;
  for (var below = 0u; below < team; below++) {
    start += sh_team[below];
  }
  for (var below = team * team_size; below < lane; below++) {
    start += sh_sum[below];
  }
  for (var r = begin; r < end; r++) {
    let here = run_start[r];
    run_start[r] = start;
    start += here;
  }
  if (lane == together - 1u) {
    // The last lane ends at the number of the living, none of whom has proposed a partner yet.
    cell_start[params.n_cells] = start;
    counters[counter_living] = start;
    counters[counter_proposers] = 0u;
  }
}

#if IN_STEP
// Cells that an invocation has of a tile, which a workgroup takes at a time.
const share = 8u;
override tile: u32 = share * workgroup_size;

// A word is left out after 32, so that neighbours in shares do not wait for the same bank of memory.
var<workgroup> sh_tile: array<u32, tile + tile / 32u>;
var<workgroup> sh_share: array<u32, workgroup_size>;

fn padded(at: u32) -> u32 {
  return at + at / 32u;
}

// The sum of `value` over the lanes up to this one; of the last, over all. Called by the whole workgroup.
fn sum_up_to(lane: u32, value: u32) -> u32 {
  var sum = value;
  sh_share[lane] = sum;
  for (var reach = 1u; reach < workgroup_size; reach *= 2u) {
    workgroupBarrier(); // the sums of this round are written
    if (lane >= reach) {
      sum += sh_share[lane - reach];
    }
    workgroupBarrier(); // and read before those of the next are
    sh_share[lane] = sum;
  }
  workgroupBarrier(); // all are there for whoever reads the last
  return sum;
}

@compute @workgroup_size(workgroup_size)
fn sum_runs(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let r = group.x + group.y * groups.x;
  var sum = 0u;
  for (var k = 0u; k < scan_run; k++) {
    let cell = r * run + k * workgroup_size + lane;
    if (cell < params.n_cells) {
      sum += cell_count[cell];
    }
  }
  let total = sum_up_to(lane, sum);
  if (lane == workgroup_size - 1u && r < n_runs()) {
    run_start[r] = total;
  }
}

@compute @workgroup_size(workgroup_size)
fn spread_runs(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
  let r = group.x + group.y * groups.x;
  var start = 0u;
  if (r < n_runs()) {
    start = run_start[r];
  }
  for (var first = r * run; first < (r + 1u) * run; first += tile) {
    for (var k = 0u; k < share; k++) {
      let at = k * workgroup_size + lane;
      var count = 0u;
      if (first + at < params.n_cells) {
        count = cell_count[first + at];
        cell_count[first + at] = 0u;
      }
      sh_tile[padded(at)] = count;
    }
    workgroupBarrier(); // the tile is there before anybody sums
    var sum = 0u;
    for (var k = 0u; k < share; k++) {
      sum += sh_tile[padded(share * lane + k)];
    }
    let up_to = sum_up_to(lane, sum);
    var here = start + up_to - sum;
    for (var k = 0u; k < share; k++) {
      let at = padded(share * lane + k);
      let count = sh_tile[at];
      sh_tile[at] = here;
      here += count;
    }
    start += sh_share[workgroup_size - 1u];
    workgroupBarrier(); // the starts are there, and the sum is read
    for (var k = 0u; k < share; k++) {
      let at = k * workgroup_size + lane;
      if (first + at < params.n_cells) {
        cell_start[first + at] = sh_tile[padded(at)];
      }
    }
    workgroupBarrier(); // they are read before the next tile comes
  }
}
#else
@compute @workgroup_size(workgroup_size)
fn sum_runs(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let r = invocation(global, groups);
  if (r >= n_runs()) {
    return;
  }
  let end = min((r + 1u) * run, params.n_cells);
  var sum = 0u;
  for (var cell = r * run; cell < end; cell++) {
    sum += cell_count[cell];
  }
  run_start[r] = sum;
}

@compute @workgroup_size(workgroup_size)
fn spread_runs(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let r = invocation(global, groups);
  if (r >= n_runs()) {
    return;
  }
  let end = min((r + 1u) * run, params.n_cells);
  var start = run_start[r];
  for (var cell = r * run; cell < end; cell++) {
    cell_start[cell] = start;
    start += cell_count[cell];
    cell_count[cell] = 0u;
  }
}
#endif
