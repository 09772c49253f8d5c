// How far each replica of a multirate run has come, and its pace: see `progressFields` in src/stages.ts.
#import replicas

fn progress_of(id: u32, field: u32) -> u32 {
  return progress[replica_of(id) * progress_stride + field];
}

// Whether a particle's replica takes this step: it has steps left at its pace, and no cluster was too large.
fn is_under_way(id: u32) -> bool {
  return progress_of(id, progress_left) != 0u && progress_of(id, progress_overflow) == 0u;
}

fn takes_macro_step(id: u32) -> bool {
  return is_under_way(id) && progress_of(id, progress_macro) == 1u;
}

fn takes_uniform_step(id: u32) -> bool {
  return is_under_way(id) && progress_of(id, progress_macro) == 0u;
}
