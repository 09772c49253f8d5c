/** A piece of a study: some replicas of one N, played to the end. */
import type { System } from "../model/system.ts";
import type { OpenPlace } from "../place.ts";
import { play } from "../play.ts";

/** What came of replicas firstReplica, ..., firstReplica + replicas - 1: plain data, to be kept as JSON. */
export interface Chunk {
  /** N. */
  particles: number;
  firstReplica: number;
  replicas: number;
  /** Particles of all masses left, by replica and observation time. */
  left: number[][];
  /** Of this run of `replicas` replicas; see `observe/digest.ts`. */
  digest: string;
  /** Moves of single particles. */
  particleSteps: number;
  /** Wall time. */
  seconds: number;
  engine: "cpu" | "gpu";
  adapter: string | null;
}

export interface ChunkOptions {
  /** Called now and then with the fraction of the steps that are done. */
  onProgress?: (fraction: number) => void;
  signal?: AbortSignal;
}

export async function playChunk(system: System, opened: OpenPlace, options: ChunkOptions): Promise<Chunk> {
  const begin = performance.now();
  const { particles, firstReplica, replicas } = system;
  const left: number[][] = Array.from({ length: replicas }, () => []);
  const { digest, work } = await play(system, opened, {
    ...options,
    onCounts(_, counts) {
      const columns = counts.length / replicas;
      for (const [r, ofReplica] of left.entries()) {
        ofReplica.push(counts.subarray(r * columns, (r + 1) * columns).reduce((a, b) => a + b));
      }
    },
  });
  return {
    particles,
    firstReplica,
    replicas,
    left,
    digest,
    particleSteps: work.particleSteps,
    seconds: (performance.now() - begin) / 1000,
    engine: opened.place.engine,
    adapter: opened.place.adapter,
  };
}

/** The chunks of one N in the order of their replicas, as far as they follow one another from replica 0 on. */
export function chunksOf(chunks: readonly Chunk[], particles: number): Chunk[] {
  const inOrder: Chunk[] = [];
  let next = 0;
  for (const chunk of chunks
    .filter((one) => one.particles === particles)
    .sort((a, b) => a.firstReplica - b.firstReplica)) {
    if (chunk.firstReplica !== next) continue;
    inOrder.push(chunk);
    next += chunk.replicas;
  }
  return inOrder;
}
