import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, utimes } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type FileReading, readAccountFile } from "../../../src/accounts/migration.ts";
import { BookFolder, labelsOf } from "./bookFixture.ts";

const program = fileURLToPath(new URL("savingProcess.ts", import.meta.url));

interface Saver {
	readonly child: ChildProcess;
	/** What it said was saved, so far. */
	readonly saved: string[];
	readonly ended: Promise<number | null>;
	/** Resolves when it has said so of this many. */
	reached(count: number): Promise<void>;
}

function startSaver(folder: string, name: string, books: number, count: number): Saver {
	const child = spawn(process.execPath, [program, folder, name, `${books}`, `${count}`], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	const saved: string[] = [];
	const lines = createInterface({ input: child.stdout });
	lines.on("line", (line) => saved.push(line));
	const ended = Promise.all([once(child, "exit"), once(lines, "close")]).then(() => child.exitCode);
	return {
		child,
		saved,
		ended,
		reached: async (count) => {
			while (saved.length < count) await once(lines, "line");
		},
	};
}

function readingOf(text: string): FileReading {
	return readAccountFile(JSON.parse(text), { now: "", makeId: () => "made" });
}

describe("several processes", () => {
	let folder: BookFolder;
	beforeEach(async () => {
		folder = await BookFolder.make();
	});
	afterEach(() => folder.close());

	it("save at the same time and lose nothing", async function () {
		this.timeout(30_000);
		const savers = ["a", "b", "c", "d"].map((name) => startSaver(folder.path, name, 5, 3));
		assert.deepEqual(await Promise.all(savers.map(({ ended }) => ended)), [0, 0, 0, 0]);
		const said = savers.flatMap(({ saved }) => saved);
		assert.equal(said.length, 60);
		const { accounts } = await folder.open();
		assert.deepEqual([...labelsOf(accounts)].sort(), said.sort());
		assert.deepEqual(folder.logged, []);
	});

	it("that are killed in the middle of a save lose nothing that was saved", async function () {
		this.timeout(30_000);
		const said: string[] = [];
		for (let round = 0; round < 6; round += 1) {
			const saver = startSaver(folder.path, `${round}`, 2, 1_000);
			await saver.reached(2 + round);
			// The saves go on: this one is hit in another place each time.
			for (let turn = 0; turn < round * 7; turn += 1) await readFile(program);
			saver.child.kill("SIGKILL");
			await saver.ended;
			said.push(...saver.saved);
			const reading = readingOf(await folder.text());
			assert.equal(reading.kind, "read");
			const labels = new Set(labelsOf(reading.accounts));
			assert.deepEqual(
				said.filter((label) => !labels.has(label)),
				[],
			);
			// What time does to the lock of the dead process.
			await utimes(folder.file("accounts.json.lock"), 1, 1).catch(() => undefined);
		}
		const { accounts } = await folder.open();
		assert.ok(accounts.length >= said.length);
		assert.deepEqual(folder.logged, []);
	});
});
