import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openControlToken } from "../../../src/bridge/controlToken.ts";

const aToken = /^[\da-f]{64}$/;

describe("the control token", () => {
	let folder: string;
	let storage: string;
	const logged: string[] = [];
	const open = (where = storage) => openControlToken(where, (level, message) => logged.push(`${level}: ${message}`));
	const openMany = () => Promise.all(Array.from({ length: 20 }, () => open()));

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), "control-token-"));
		storage = join(folder, "storage");
		logged.length = 0;
	});
	afterEach(() => rm(folder, { recursive: true }));

	it("is made once by windows that start together, and is only its user's to read", async () => {
		const tokens = await openMany();
		assert.equal(new Set(tokens).size, 1);
		assert.match(tokens[0] ?? "", aToken);
		const { mode } = await stat(join(storage, "control-token"));
		assert.equal(mode & 0o077, 0);
		assert.deepEqual(await readdir(storage), ["control-token"]);
		assert.equal(await open(), tokens[0]);
	});

	for (const left of ["", "0123", "z".repeat(64)]) {
		it(`replaces a file that holds ${JSON.stringify(left.slice(0, 4))} and stays like that, for all windows alike`, async () => {
			await mkdir(storage);
			await writeFile(join(storage, "control-token"), left);
			const tokens = await openMany();
			assert.match(tokens[0] ?? "", aToken);
			const saved = await readFile(join(storage, "control-token"), "utf8");
			assert.deepEqual([...new Set(tokens)], [saved]);
			assert.deepEqual(await readdir(storage), ["control-token"]);
			assert.deepEqual(logged, []);
		});
	}

	it("is one of the window's own where nothing can be kept, and says so without telling it", async () => {
		await writeFile(storage, "a file in the folder's place");
		await mkdir(join(folder, "odd", "control-token"), { recursive: true });
		for (const [where, code] of [
			[join(storage, "below"), "ENOTDIR"],
			[join(folder, "odd"), "EISDIR"],
		] as const) {
			const token = await open(where);
			assert.match(token, aToken);
			assert.notEqual(await open(where), token);
			assert.match(logged.at(-1) ?? "", new RegExp(`^warn: .*\\(${code}\\)`));
			assert.ok(!logged.join().includes(token));
		}
	});
});
