import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type Lab, openLab, untilUpstream } from "../../../bench/lab.ts";
import type { LoadJob, Via } from "../../../bench/load/jobs.ts";
import { formats } from "../../../src/accounts/account.ts";

type Meddling = (fromUpstream: Buffer, client: Socket) => Buffer;

const honest: Meddling = (bytes) => bytes;

/** One letter of what the upstream says is another. */
const lying: Meddling = (bytes) => {
	const at = bytes.indexOf("usage");
	const changed = Buffer.from(bytes);
	if (at >= 0) changed.write("U", at);
	return changed;
};

/** Ends the connection in the middle of a reply. */
const breaking: Meddling = (bytes, client) => {
	const at = bytes.indexOf("usage");
	if (at < 0) return bytes;
	client.destroySoon();
	return bytes.subarray(0, at);
};

/** The first word is another. */
const wordless: Meddling = (bytes) => Buffer.from(bytes.toString("latin1").replaceAll('"First"', '"Other"'), "latin1");

/** Ends the connection where a stream says why it ends. */
const endless: Meddling = (bytes, client) => {
	const at = bytes.toString("latin1").search(/"stop"|"end_turn"|"STOP"|"status":"completed"/);
	if (at < 0) return bytes;
	client.destroySoon();
	return bytes.subarray(0, at);
};

describe("the bench's load", () => {
	let lab: Lab;
	const servers = new Set<() => void>();
	before(async () => {
		lab = await openLab({ quick: true, pinned: false });
	});
	after(async () => {
		for (const close of servers) close();
		await lab.stop();
	});

	/** Passes bytes on, those of replies through `meddle`. */
	async function startPipe(meddle: Meddling, closesUpstream: boolean): Promise<Via> {
		const server = createServer({ noDelay: true }, (client) => {
			const onward = connect({ port: lab.upstreamPort, host: "127.0.0.1", noDelay: true });
			client.on("data", (bytes) => onward.write(bytes));
			onward.on("data", (bytes) => {
				if (client.writable) client.write(meddle(bytes, client));
			});
			client.on("close", () => {
				if (closesUpstream) onward.destroy();
			});
			onward.on("close", () => client.destroy());
			client.on("error", () => {});
			onward.on("error", () => {});
		}).listen(0, "127.0.0.1");
		await once(server, "listening");
		servers.add(() => server.close());
		return { port: (server.address() as AddressInfo).port, headers: {}, pids: [] };
	}

	/** Every kind of job whose replies are checked, small. */
	function jobs(via: Via): readonly Extract<LoadJob, { kind: "small" | "upload" | "firstByte" | "paced" | "flat" }>[] {
		const repeated = { via, connections: 2, rate: null, warmUp: 0, duration: 100 };
		return [
			{ ...repeated, kind: "small" },
			{ ...repeated, kind: "upload", bytes: 300_000 },
			{ kind: "firstByte", via, warmUp: 0, count: 3 },
			{ kind: "paced", via, streams: 3, interval: 5, count: 4, openOver: 0 },
			{ kind: "flat", via, streams: 2, blocks: 2 },
		];
	}

	async function badOnes(via: Via): Promise<readonly string[]> {
		const bad: string[] = [];
		for (const job of jobs(via)) if ((await lab.load(job)).bad > 0) bad.push(job.kind);
		return bad;
	}

	it("finds nothing wrong with replies that come as they were sent", async () => {
		assert.deepEqual(await badOnes(await startPipe(honest, true)), []);
	});

	it("counts replies of which one letter was changed as bad", async () => {
		const all = jobs(lab.direct).map(({ kind }) => kind);
		assert.deepEqual(await badOnes(await startPipe(lying, true)), all);
	});

	it("counts replies that break off as bad", async () => {
		const all = jobs(lab.direct).map(({ kind }) => kind);
		assert.deepEqual(await badOnes(await startPipe(breaking, true)), all);
	});

	for (const client of formats) {
		it(`does so with the streams of clients of ${client}`, async () => {
			const badOf = async (meddle: Meddling) => {
				const via: Via = { ...(await startPipe(meddle, true)), way: { client, prefix: "" } };
				const paced = await lab.load({ kind: "paced", via, streams: 3, interval: 5, count: 4, openOver: 0 });
				const first = await lab.load({ kind: "firstEvent", via, warmUp: 0, count: 3 });
				return [paced.bad, first.bad];
			};
			assert.deepEqual(await badOf(honest), [0, 0]);
			assert.deepEqual(await badOf(wordless), [3, 3]);
			assert.deepEqual(await badOf(endless), [3, 3]);
		});
	}

	it("can tell whether the upstream was left when the client was", async () => {
		const leave = async (via: Via, patience: number) => {
			const id = lab.nextId();
			const order = { kind: "paced", interval: 5, count: 0 } as const;
			await lab.load({ kind: "hold", via, id, order, until: "words", thenReads: true });
			const { leftAt } = await lab.load({ kind: "leave", id });
			const closed = await untilUpstream(lab, id, ({ closedAt }) => closedAt !== null, patience);
			return closed === null ? null : (closed.closedAt ?? 0) - leftAt;
		};
		assert.equal(await leave(await startPipe(honest, false), 100), null);
		assert.ok(Number(await leave(await startPipe(honest, true), 10_000)) > 0);
	});
});
