/**
 * What went wrong on a device. Many engines come and go on one device: were each to listen to it for itself, it would hold them all in memory as long as it
 * lives.
 */
export class Trouble {
  /** What happened first, in the device's words; null while all is well. No result of such a device is to be believed any more. */
  first: string | null = null;
  readonly #listeners = new Set<(what: string) => void>();

  constructor(device: GPUDevice) {
    device.onuncapturederror = ({ error }) => this.#happened(error.message);
    device.lost.then(({ message }) => this.#happened(`the device was lost: ${message}`));
  }

  /** Calls the listener when something happens, from now until the function that is returned is called. */
  listen(listener: (what: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #happened(what: string): void {
    this.first ??= what;
    for (const listener of this.#listeners) listener(what);
  }
}
