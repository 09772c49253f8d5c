// Which replica a particle belongs to. Division is dear where it is not vectorised, and a single replica needs none.

fn replica_of(id: u32) -> u32 {
#if REPLICAS
  return id / params.particles;
#else
  return 0u;
#endif
}
