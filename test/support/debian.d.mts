export function ensurePackages(
  ...packages: (
    | "python3-h5py"
    | "r-cran-hdf5r"
    | "hdf5-tools"
    | "chromium"
    | "slurmctld"
    | "slurmd"
    | "slurm-client"
    | "munge"
  )[]
): void;
