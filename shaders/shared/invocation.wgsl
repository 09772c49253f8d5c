// The number of an invocation among all of a dispatch, whose workgroups may lie in several rows.

fn invocation(global: vec3<u32>, groups: vec3<u32>) -> u32 {
  return global.x + global.y * groups.x * workgroup_size;
}
