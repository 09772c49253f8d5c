// Turns the counts of the cells into where each cell's particles start, and clears the counts: reduce, then scan.
// Long serial runs and two barriers, since barriers are dear on software adapters.

const run = scan_run; // cells a single invocation sums
// The one workgroup that scans the sums of the runs is divided into teams.
override teams: u32 = min(16u, together);
override team_size: u32 = together / teams;

var<workgroup> sh_sum: array<u32, together>;
var<workgroup> sh_team: array<u32, teams>;

fn n_runs() -> u32 {
  return (params.n_cells + run - 1u) / run;
}

@compute @workgroup_size(workgroup_size)
fn sum_runs(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let r = global.x + global.y * groups.x * workgroup_size;
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

@compute @workgroup_size(workgroup_size)
fn spread_runs(@builtin(global_invocation_id) global: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let r = global.x + global.y * groups.x * workgroup_size;
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
