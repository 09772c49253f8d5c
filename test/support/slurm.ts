/** A Slurm cluster of one node on this machine, for one test file: Debian's slurm-wlm, with all that it writes in a folder of its own. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem, userInfo } from "node:os";
import { join } from "node:path";
import { ensurePackages } from "./debian.mjs";

export interface Slurm {
  /** Runs one of Slurm's commands and returns what it prints. */
  command(program: string, ...args: string[]): string;
  /** Kills the node's daemon and all its jobs at once, as a power cut would. */
  cutPower(): void;
  /** The node comes back. */
  restoreNode(): void;
  stop(): void;
}

const configuration = (folder: string, user: string) => `ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.sock
CredType=cred/munge
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
MailProg=/bin/true
NodeName=localhost NodeAddr=127.0.0.1 CPUs=${cpus().length} RealMemory=${Math.floor((0.8 * totalmem()) / 2 ** 20)} State=UNKNOWN
PartitionName=test Nodes=localhost Default=YES MaxTime=INFINITE State=UP
`;

export function startSlurm(folder: string): Slurm {
  ensurePackages("slurmctld", "slurmd", "slurm-client", "munge");
  chmodSync(folder, 0o755);
  for (const name of ["state", "spool"]) mkdirSync(join(folder, name), { mode: 0o700 });
  const file = (name: string) => join(folder, name);
  writeFileSync(file("slurm.conf"), configuration(folder, userInfo().username));
  writeFileSync(file("munge.key"), randomBytes(128), { mode: 0o600 });
  const env = { ...process.env, SLURM_CONF: file("slurm.conf"), PATH: `${process.env.PATH}:/usr/sbin` };
  const command = (program: string, ...args: string[]) =>
    execFileSync(program, args, { env, cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const munge = [
    ["key-file", "munge.key"],
    ["socket", "munge.sock"],
    ["pid-file", "munged.pid"],
    ["log-file", "munged.log"],
    ["seed-file", "munge.seed"],
  ].map(([option, name]) => `--${option}=${file(name)}`);
  command("munged", "--force", ...munge);
  command("slurmctld");
  const startNode = () => {
    spawn("slurmd", ["-D", "-N", "localhost"], { env, cwd: folder, stdio: "ignore", detached: true }).unref();
  };
  startNode();
  const kill = (name: string, signal: NodeJS.Signals) => {
    try {
      process.kill(Number(readFileSync(file(name), "utf8")), signal);
    } catch {}
  };
  return {
    command,
    cutPower() {
      kill("slurmd.pid", "SIGKILL");
      // All processes that have this Slurm's configuration, its jobs among them, but for the controller.
      spawnSync("pkill", ["-KILL", "-f", `slurmstepd|${folder}/spool`]);
      for (const pid of spawnSync("pgrep", ["-f", "dist/cli.js run"], { encoding: "utf8" }).stdout.split(
        "\n",
      )) {
        if (pid !== "" && environmentOf(pid).includes(`SLURM_CONF=${file("slurm.conf")}`)) {
          process.kill(Number(pid), "SIGKILL");
        }
      }
    },
    restoreNode: startNode,
    stop() {
      try {
        command("scancel", "--user", userInfo().username);
      } catch {}
      for (const name of ["slurmd.pid", "slurmctld.pid", "munged.pid"]) kill(name, "SIGKILL");
    },
  };
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    return [];
  }
}
