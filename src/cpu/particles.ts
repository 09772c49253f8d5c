/**
 * The particles of one replica, as the reference engine keeps them: the first `living` entries of each array.
 *
 *     place: u32[N, dimension]   in units of the side / 2^32
 *     mass:  u32[N]              at least 1
 *     id:    u32[N]              0..N-1 within the replica, in increasing order
 */
export interface Particles {
  readonly replica: number;
  living: number;
  readonly place: Uint32Array;
  readonly mass: Uint32Array;
  readonly id: Uint32Array;
}
