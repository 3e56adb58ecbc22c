import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formats } from "../../src/accounts/account.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The files that the tables of docs/architecture.md name, as paths below `src`. */
function namedFiles(): readonly string[] {
	let room: string | null = null;
	let folders: readonly string[] = [""];
	const named: string[] = [];
	for (const line of readFileSync(`${root}docs/architecture.md`, "utf8").split("\n")) {
		if (line.startsWith("#")) {
			const [, folder] = /^### `src\/(\w*)\/?`/.exec(line) ?? [];
			room = folder === undefined ? null : folder === "" ? "" : `${folder}/`;
			folders = [""];
		} else if (line.startsWith("The folders `openai/`")) {
			folders = formats.map((format) => `${format}/`);
		} else if (/^`\w+\/`:$/.test(line)) {
			folders = [line.slice(1, -2)];
		} else if (room !== null && line.startsWith("| `")) {
			const [, cell = ""] = line.split("|");
			for (const [, name] of cell.matchAll(/`(\w+\.ts)`/g)) {
				named.push(...folders.map((folder) => `${room}${folder}${name}`));
			}
		}
	}
	return named;
}

describe("the description of the architecture", () => {
	it("names every source file, once, and no other", () => {
		const files = readdirSync(`${root}src`, { recursive: true, encoding: "utf8" });
		assert.deepEqual(namedFiles().toSorted(), files.filter((path) => path.endsWith(".ts")).toSorted());
	});
});
