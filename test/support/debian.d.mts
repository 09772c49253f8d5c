export function ensurePackages(...packages: ("python3-h5py" | "hdf5-tools" | "chromium")[]): void;
