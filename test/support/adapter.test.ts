import { expect, test } from "vitest";
import { installSteps } from "./adapter.mjs";

const bookworm = 'ID=debian\nVERSION_ID="12"\n';
const lines = (osRelease: string, sources: string) =>
  installSteps(osRelease, sources).map(
    ({ command, input }) =>
      command.slice(command.indexOf("apt-get") + 1).join(" ") + (input ? ` <<< ${input.trim()}` : ""),
  );

test("Debian 12 takes Mesa from backports, on the mirror that the machine uses", () => {
  const deb822 = "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\n";
  const list =
    "deb [arch=amd64] https://other.example/debian/ bookworm main\n# deb x bookworm-backports main\n";
  const tee = "tee /etc/apt/sources.list.d/coagula-bookworm-backports.list <<< deb";
  expect(lines(bookworm, deb822)[0]).toBe(`${tee} http://mirror.example/debian bookworm-backports main`);
  expect(lines(bookworm, list)[0]).toBe(`${tee} https://other.example/debian/ bookworm-backports main`);
  expect(lines(bookworm, "")[0]).toBe(`${tee} http://deb.debian.org/debian bookworm-backports main`);
  expect(lines(bookworm, list).at(-1)).toMatch(
    /install -y --no-install-recommends -t bookworm-backports mesa-vulkan-drivers libvulkan1$/,
  );
});

test("Debian 12 that has backports already, and other systems, get no new source", () => {
  const withBackports = "deb http://deb.debian.org/debian bookworm-backports main\n";
  expect(lines(bookworm, withBackports).join()).not.toContain("tee");
  expect(lines('ID=debian\nVERSION_ID="13"\n', "").join()).not.toContain("backports");
  expect(lines('ID=ubuntu\nVERSION_ID="24.04"\n', "")).toHaveLength(2);
});
