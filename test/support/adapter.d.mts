export function ensureAdapter(): Record<string, string>;
export function installSteps(osRelease: string, sources: string): { command: string[]; input?: string }[];
