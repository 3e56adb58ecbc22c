import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importPath } from "../../../src/vscode/importPath.ts";
import { isOpenToOthers, writePrivateFile } from "../../../src/vscode/privateFile.ts";

describe("the path of the import file", () => {
	it("is absolute, or below the home folder", () => {
		assert.equal(importPath("/etc/accounts.json", "/home/me"), "/etc/accounts.json");
		assert.equal(importPath("~/accounts.json", "/home/me"), join("/home/me", "accounts.json"));
	});

	it("is nothing that depends on where VS Code was started", () => {
		for (const typed of ["accounts.json", "./a.json", "~other/a.json", "~"]) {
			assert.equal(importPath(typed, "/home/me"), null, typed);
		}
	});
});

describe("an exported file", () => {
	it("can be read by its user alone, also when it was there before with a wider mode", async function () {
		if (process.platform === "win32") this.skip();
		const folder = await mkdtemp(join(tmpdir(), "relay-accounts-"));
		try {
			const path = join(folder, "accounts.json");
			await writeFile(path, "a longer text than the new one");
			await chmod(path, 0o644);
			await writePrivateFile(path, "new");
			assert.equal((await stat(path)).mode & 0o777, 0o600);
			assert.equal(await readFile(path, "utf8"), "new");
		} finally {
			await rm(folder, { recursive: true });
		}
	});

	it("is open to others by any right of group or others, except on Windows", () => {
		assert.equal(isOpenToOthers(0o100600, "linux"), false);
		assert.equal(isOpenToOthers(0o100640, "linux"), true);
		assert.equal(isOpenToOthers(0o100604, "darwin"), true);
		assert.equal(isOpenToOthers(0o100666, "win32"), false);
	});
});
