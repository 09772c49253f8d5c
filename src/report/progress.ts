// Progress of a long computation on standard error: one line rewritten in a terminal, a plain line now and then in a log.

import { formatDuration } from "./table.ts";

/** The part of a Node stream that progress needs. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface Progress {
  /**
   * Says that this fraction, 0 to 1, of the work is done; cheap to call often. Seconds left are estimated from the fraction and the time
   * since the beginning, unless the caller knows better; null: nobody knows yet.
   */
  update(fraction: number, detail?: string, secondsLeft?: number | null): void;
  /** Prints a line of its own, above the progress line where there is one. */
  log(line: string): void;
  /** Ends it: the terminal's line goes away, a log that has progress lines gets a closing one. */
  done(): void;
  /** Ends it where the work failed: without a closing line. After `done` it does nothing. */
  abandon(): void;
}

const eraseLine = "\r\x1b[K";

export function createProgress(label: string, stream: ProgressStream = process.stderr): Progress {
  return stream.isTTY && process.env.TERM !== "dumb" ? onTerminal(label, stream) : inLog(label, stream);
}

function onTerminal(label: string, stream: ProgressStream): Progress {
  const start = performance.now();
  let drawnAt = Number.NEGATIVE_INFINITY;
  let shown = "";
  const erase = () => {
    if (shown) stream.write(eraseLine);
    shown = "";
  };

  return {
    update(fraction, detail, secondsLeft) {
      const now = performance.now();
      if (now - drawnAt < 100) return;
      drawnAt = now;
      // A line that fills its row may wrap, and then it cannot be rewritten. Some pseudo-terminals claim 0 columns.
      shown = [...describe(label, fraction, (now - start) / 1000, detail, secondsLeft)]
        .slice(0, (stream.columns || 80) - 1)
        .join("");
      stream.write(eraseLine + shown);
    },
    log(line) {
      stream.write(shown ? `${eraseLine}${line}\n${shown}` : `${line}\n`);
    },
    done: erase,
    abandon: erase,
  };
}

function inLog(label: string, stream: ProgressStream): Progress {
  const start = performance.now();
  let nextAt = start + 2000; // shorter work needs no progress
  let printed = false;

  return {
    update(fraction, detail, secondsLeft) {
      const now = performance.now();
      if (now < nextAt) return;
      nextAt = now + 5000;
      printed = true;
      stream.write(`${describe(label, fraction, (now - start) / 1000, detail, secondsLeft)}\n`);
    },
    log(line) {
      stream.write(`${line}\n`);
    },
    done() {
      if (printed) stream.write(`${label}: done in ${formatDuration((performance.now() - start) / 1000)}\n`);
      printed = false;
    },
    abandon() {
      printed = false;
    },
  };
}

function describe(
  label: string,
  fraction: number,
  elapsed: number,
  detail: string | undefined,
  secondsLeft: number | null | undefined,
): string {
  const done = Math.min(Math.max(fraction, 0), 1) || 0; // NaN, of no work at all, counts as 0
  const parts = [`${label}: ${Math.floor(100 * done)} %`];
  // An estimate from the first moments, compilation included, would only mislead.
  const estimate = done > 0 && done < 1 && elapsed >= 1 ? (elapsed * (1 - done)) / done : null;
  const left = secondsLeft === undefined ? estimate : secondsLeft;
  if (left !== null) parts.push(`${formatDuration(left)} left`);
  if (detail) parts.push(detail);
  return parts.join(", ");
}
