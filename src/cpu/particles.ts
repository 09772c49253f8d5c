/**
 * The particles of one replica, as the reference engine keeps them: the first `living` entries of each array. Behind them
 * lie the dead, where they died, with mass 0.
 *
 *     place: u32[N, dimension]   in units of the side / 2^32
 *     mass:  u32[N]              of the living at least 1
 *     id:    u32[N]              0..N-1 within the replica, of the living in increasing order
 *     next:  u32[N] or u32[0]    see below
 */
export interface Particles {
  readonly replica: number;
  living: number;
  readonly place: Uint32Array;
  readonly mass: Uint32Array;
  readonly id: Uint32Array;
  /** By id, the next on the circle of a living particle and those it has taken up; empty unless particles split. */
  readonly next: Uint32Array;
}
