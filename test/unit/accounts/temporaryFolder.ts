import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of its own for a test; removed by `remove`. */
export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
	const path = await mkdtemp(join(tmpdir(), "relay-accounts-"));
	return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
