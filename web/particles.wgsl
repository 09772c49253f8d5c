// Spheres that always face the eye, and the edges of their box. Nothing here decides anything.

struct Camera {
  lens: mat4x4<f32>,
  right: vec4<f32>,
  // And the radius of mass 1.
  up: vec4<f32>,
  dimension: u32,
  // Ids from here on are of other replicas.
  drawn: u32,
}

@group(0) @binding(0) var<uniform> camera: Camera;
@group(0) @binding(1) var<storage, read> place: array<u32>;
@group(0) @binding(2) var<storage, read> mass: array<u32>;
@group(0) @binding(3) var<storage, read> id: array<u32>;

struct Sphere {
  @builtin(position) position: vec4<f32>,
  @location(0) corner: vec2<f32>,
  @location(1) colour: vec3<f32>,
}

// A coordinate around the middle of the box; those that a plane lacks are 0.
fn coordinate(i: u32, axis: u32) -> f32 {
  if (axis >= camera.dimension) {
    return 0.0;
  }
  return f32(place[i * camera.dimension + axis] >> 8u) / 16777216.0 - 0.5;
}

// From blue over green to yellow as masses double, told apart also by brightness.
fn colour_of(m: u32) -> vec3<f32> {
  let t = clamp(log2(f32(m)) / 7.0, 0.0, 1.0);
  let low = mix(vec3(0.27, 0.35, 0.75), vec3(0.13, 0.62, 0.55), clamp(2.0 * t, 0.0, 1.0));
  return mix(low, vec3(0.99, 0.86, 0.20), clamp(2.0 * t - 1.0, 0.0, 1.0));
}

@vertex
fn sphere_vertex(@builtin(vertex_index) vertex: u32, @builtin(instance_index) i: u32) -> Sphere {
  let corners = array(vec2(-1.0, -1.0), vec2(1.0, -1.0), vec2(-1.0, 1.0), vec2(-1.0, 1.0), vec2(1.0, -1.0), vec2(1.0, 1.0));
  var sphere: Sphere;
  if (mass[i] == 0u || id[i] >= camera.drawn) {
    // Beyond the far side: not drawn.
    sphere.position = vec4(0.0, 0.0, 2.0, 1.0);
    return sphere;
  }
  let corner = corners[vertex];
  let radius = camera.up.w * pow(f32(mass[i]), 1.0 / 3.0);
  let middle = vec3(coordinate(i, 0u), coordinate(i, 1u), coordinate(i, 2u));
  let at = middle + radius * (corner.x * camera.right.xyz + corner.y * camera.up.xyz);
  sphere.position = camera.lens * vec4(at, 1.0);
  sphere.corner = corner;
  sphere.colour = colour_of(mass[i]);
  return sphere;
}

@fragment
fn sphere_fragment(sphere: Sphere) -> @location(0) vec4<f32> {
  let square = dot(sphere.corner, sphere.corner);
  if (square > 1.0) {
    discard;
  }
  let facing = sqrt(1.0 - square);
  let light = 0.45 + 0.55 * max(0.0, dot(vec3(sphere.corner, facing), normalize(vec3(-0.4, 0.6, 0.7))));
  return vec4(light * sphere.colour, 1.0);
}

@vertex
fn box_vertex(@builtin(vertex_index) vertex: u32) -> @builtin(position) vec4<f32> {
  // Edge k runs along axis k / 4, at one of four corners of the other two.
  let edge = vertex / 2u;
  let axis = edge / 4u;
  var at: vec3<f32>;
  at[axis] = f32(vertex & 1u) - 0.5;
  at[(axis + 1u) % 3u] = f32(edge & 1u) - 0.5;
  at[(axis + 2u) % 3u] = f32((edge >> 1u) & 1u) - 0.5;
  if (camera.dimension < 3u) {
    at.z = 0.0;
  }
  return camera.lens * vec4(at, 1.0);
}

@fragment
fn box_fragment() -> @location(0) vec4<f32> {
  return vec4(0.5, 0.5, 0.5, 1.0);
}
