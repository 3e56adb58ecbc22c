import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RestFile } from "../../../src/accounts/restFile.ts";
import type { Rest, SavedRest } from "../../../src/bridge/accountLive.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

const now = 1_800_000_000_000;

function saved(changes: Partial<Rest> = {}, accountId = "a", model: string | null = null): SavedRest {
	return {
		accountId,
		model,
		rest: { reason: "rateLimited", until: now + 60_000, status: 429, detail: "slow down", ...changes },
	};
}

describe("saved cooldowns", () => {
	let folder: Awaited<ReturnType<typeof temporaryFolder>>;
	let logged: string[];
	beforeEach(async () => {
		folder = await temporaryFolder();
		logged = [];
	});
	afterEach(() => folder.remove());

	async function open(at = now): Promise<RestFile> {
		const file = new RestFile(
			folder.path,
			(_level, message) => logged.push(message),
			() => at,
		);
		await file.load();
		return file;
	}

	const path = () => join(folder.path, "rests.json");
	const writeRests = (rests: unknown) => writeFile(path(), JSON.stringify({ version: 1, rests }));

	it("come back after a reload, of accounts and of single models", async () => {
		const rests = [
			saved(),
			saved({ reason: "modelUnknown", status: 404 }, "b", "gpt-5"),
			saved({ reason: "outOfQuota" }, "c"),
		];
		const file = await open();
		file.keep(rests);
		await file.flush();
		assert.deepEqual((await open()).rests, rests);
		assert.deepEqual(await readdir(folder.path), ["rests.json"]);
	});

	it("are left alone by a window that never served", async () => {
		const owner = await open();
		owner.keep([saved()]);
		await owner.flush();
		const attached = await open();
		owner.keep([saved({}, "b")]);
		await owner.flush();
		await attached.flush();
		assert.deepEqual((await open()).rests, [saved({}, "b")]);
	});

	it("that have ended meanwhile do not", async () => {
		const file = await open();
		file.keep([saved(), saved({ until: now + 600_000 }, "b")]);
		await file.flush();
		assert.deepEqual((await open(now + 60_000)).rests, [saved({ until: now + 600_000 }, "b")]);
	});

	it("hold no refused key: a restart tries it again", async () => {
		const refused = saved({ reason: "keyRefused", until: null, status: 401 });
		const file = await open();
		file.keep([refused, saved()]);
		await file.flush();
		assert.doesNotMatch(await readFile(path(), "utf8"), /keyRefused/);
		await writeRests([refused, { ...refused, rest: { ...refused.rest, until: now + 1_000 } }]);
		assert.deepEqual((await open()).rests, []);
	});

	it("are those of the last time they were kept", async () => {
		const file = await open();
		file.keep([saved(), saved({}, "b")]);
		file.keep([saved({}, "b")]);
		await file.flush();
		file.keep([]);
		assert.deepEqual(file.rests, []);
		await file.flush();
		assert.deepEqual((await open()).rests, []);
	});

	it("take the place of what another window has left, also when they are none", async () => {
		await writeRests([saved()]);
		const file = await open();
		file.keep([]);
		await file.flush();
		assert.deepEqual((await open()).rests, []);
	});

	it("are written when the file is disposed of", async () => {
		const file = await open();
		file.keep([saved()]);
		file.dispose();
		await file.flush();
		assert.deepEqual((await open()).rests, [saved()]);
	});

	it("are taken from a foreign text as far as they make sense", async () => {
		const far = now + 400 * 86_400_000;
		await writeRests([
			...[saved(), null, 7, {}, { accountId: "b" }, { ...saved(), accountId: 5 }, { ...saved(), model: 5 }],
			...[
				saved({ until: null }),
				saved({ until: far }),
				saved({ until: now }),
				{ ...saved(), accountId: "x".repeat(500) },
			],
			{ ...saved(), rest: { ...saved().rest, reason: "lazy" } },
			{ ...saved({}, "b"), rest: { reason: "failing", until: now + 5, status: "x", detail: 4, other: 1 }, more: 1 },
		]);
		assert.deepEqual((await open()).rests, [
			saved(),
			{ accountId: "b", model: null, rest: { reason: "failing", until: now + 5, status: null, detail: "" } },
		]);
	});

	it("are bounded in number and length", async () => {
		await writeRests(Array.from({ length: 2_000 }, (_, index) => saved({ detail: "d".repeat(5_000) }, `a${index}`)));
		const { rests } = await open();
		assert.equal(rests.length, 500);
		assert.ok(rests.every(({ rest }) => rest.detail.length === 300));
	});

	it("that cannot be read stop nothing", async () => {
		await writeFile(path(), "{ half");
		const file = await open();
		assert.deepEqual(file.rests, []);
		file.keep([saved()]);
		await file.flush();
		assert.deepEqual((await open()).rests, [saved()]);
	});
});
