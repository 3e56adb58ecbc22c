import type { VscodeServer } from "../../../scripts/host/vscodeServer.ts";

/** The processes of a server's extension hosts that live, as the server itself tells of them; the latest is the last. */
export function extensionHosts({ output }: Pick<VscodeServer, "output">): readonly number[] {
	const living = new Set<number>();
	for (const [, pid, what] of output().matchAll(/<(\d+)> (Launched Extension Host|Extension Host Process exited)/g)) {
		if (what?.startsWith("Launched")) living.add(Number(pid));
		else living.delete(Number(pid));
	}
	return [...living];
}
