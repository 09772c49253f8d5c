export function ensurePackages(
  ...packages: (
    | "python3-h5py"
    | "hdf5-tools"
    | "chromium"
    | "slurmctld"
    | "slurmd"
    | "slurm-client"
    | "munge"
  )[]
): void;
