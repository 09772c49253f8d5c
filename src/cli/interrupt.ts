/**
 * A signal that is aborted when somebody interrupts the command. Asked again, the command goes on ending: a process that exits while the device
 * works may crash in its driver. And it stays deaf to signals to the end, so that none kills it half-way through.
 */
export function interruptSignal(): AbortSignal {
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  process.on("SIGINT", onInterrupt).on("SIGTERM", onInterrupt);
  return interrupt.signal;
}

/** A command that was interrupted, and has something to say of what is left. */
export class Interrupted extends Error {
  override name = "AbortError";
}
