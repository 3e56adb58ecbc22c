import assert from "node:assert/strict";
import { type Format, formats } from "../../../src/accounts/account.ts";
import { type Bed, startBed } from "../../support/hostileRelay/bed.ts";
import * as behave from "../../support/hostileRelay/behaviours.ts";
import { codexErrorEvent } from "../../support/hostileRelay/complaints.ts";
import type { Behaviour } from "../../support/hostileRelay/steps.ts";
import type { WireReply } from "../../support/wire.ts";
import { type Row, type Standing, streamRows, wholeRows } from "./tableRows.ts";

type Name = "first" | "second";

/** Two accounts, the first of which is always asked first. */
class Pair {
	readonly format: Format;
	readonly #bed: Bed<Name>;

	constructor(format: Format, bed: Bed<Name>) {
		this.format = format;
		this.#bed = bed;
	}

	static async start(format: Format): Promise<Pair> {
		return new Pair(format, await startBed(format, { first: { priority: 1 }, second: {} }));
	}

	close(): Promise<void> {
		return this.#bed.close();
	}

	/** The first fails so: the second answers, and the first stands as it should. */
	async assertRow({ behaviour, standing }: Row, stream: boolean): Promise<void> {
		const { relays, ask, reset } = this.#bed;
		reset();
		relays.first.next(behaviour);
		this.#assertAnswered(await ask({ stream }), "second", 2);
		this.#assertCalls(1, 1);
		const [sent, again] = [relays.first.calls[0], relays.second.calls[0]];
		assert.ok(sent && again?.request.body.equals(sent.request.body));
		await this.#assertStanding(standing, stream);
	}

	/** The reply to what the first answers passes as it is, however often, and the first is asked again. */
	async assertPasses(behaviour: Behaviour, stream: boolean): Promise<void> {
		const { relays, ask, reset } = this.#bed;
		reset();
		for (let count = 0; count < 4; count += 1) {
			relays.first.next(behaviour);
			const reply = await ask({ stream });
			const sent = relays.first.calls.at(-1)?.sent();
			assert.ok(sent && reply.body.equals(sent));
			this.#assertFrom(reply, "first", 1);
		}
		this.#assertAnswered(await ask({ stream }), "first", 1);
		this.#assertCalls(5, 0);
	}

	async #assertStanding(standing: Standing, stream: boolean): Promise<void> {
		const { ask, until } = this.#bed;
		const large = `demo-${this.format}-large`;
		if (standing.kind === "counted") {
			this.#assertAnswered(await ask({ stream }), "first", 1);
			return;
		}
		this.#assertAnswered(await ask({ stream }), "second", 1);
		const other = await ask({ stream, model: `demo-${this.format}-small` });
		this.#assertAnswered(other, standing.kind === "rests" ? "second" : "first", 1);
		const live = await until("first", ({ rest, modelRests }) => rest !== null || modelRests.length > 0);
		const rest = standing.kind === "rests" ? live.rest : live.modelRests.find(({ model }) => model === large);
		assert.equal(rest?.reason, standing.reason);
		if (standing.seconds === null) {
			assert.equal(rest.until, null);
			return;
		}
		assert.ok(rest.until !== null);
		const seconds = (rest.until - Date.now()) / 1000;
		assert.ok(seconds > standing.seconds - 2 && seconds <= standing.seconds + 1.1, `${seconds} s`);
	}

	#assertAnswered(reply: WireReply, by: Name, attempts: number): void {
		this.#assertFrom(reply, by, attempts);
		assert.equal(reply.status, 200);
		assert.equal(reply.text, this.#bed.relays[by].calls.at(-1)?.sent().toString());
	}

	#assertFrom({ headers, text }: WireReply, by: Name, attempts: number): void {
		assert.deepEqual([headers["x-relay-account"], headers["x-relay-attempts"]], [by, String(attempts)], text);
	}

	#assertCalls(first: number, second: number): void {
		const { relays } = this.#bed;
		assert.deepEqual([relays.first.calls.length, relays.second.calls.length], [first, second]);
	}
}

describe("before a client has had anything", () => {
	let pairs: readonly Pair[];
	before(async () => {
		pairs = await Promise.all(formats.map((format) => Pair.start(format)));
	});
	after(() => Promise.all(pairs.map((pair) => pair.close())));

	/** In all four formats at once, so that the table takes a quarter of the time. */
	const inEach = (check: (pair: Pair) => Promise<void>) =>
		Promise.all(
			pairs.map((pair) =>
				check(pair).catch((error: unknown) => {
					throw new Error(`in the ${pair.format} format: ${error instanceof Error ? error.message : error}`, {
						cause: error,
					});
				}),
			),
		);

	for (const [rowsOf, stream] of [
		[wholeRows, false],
		[streamRows, true],
	] as const) {
		for (const [index, { name }] of rowsOf("openai").entries()) {
			it(`${name}: the next account answers${stream ? " with a stream" : ""}`, () =>
				inEach(async (pair) => {
					const row = rowsOf(pair.format)[index];
					assert.ok(row);
					await pair.assertRow(row, stream);
				}));
		}
	}

	for (const [name, behaviour] of [
		["400", behave.complain("requestInvalid")],
		["404", behave.status(404)],
		["413", behave.status(413)],
		["422", behave.status(422, { "retry-after": 3 })],
		["a compressed 400", behave.compressed(behave.complain("requestInvalid"))],
	] as const) {
		for (const stream of [false, true]) {
			it(`${name} ${stream ? "in place of a stream " : ""}passes unchanged and costs the account nothing`, () =>
				inEach((pair) => pair.assertPasses(behaviour, stream)));
		}
	}

	it("an invalid request as a stream's first event passes unchanged and costs the account nothing", () =>
		inEach((pair) => pair.assertPasses(behave.errorFirst("requestInvalid"), true)));
});

describe("a limit of one model", () => {
	it("rests that model on that account and no other", async () => {
		const bed = await startBed("gemini", { first: { priority: 1 }, second: {} });
		try {
			bed.relays.first.next(behave.complain("modelRateLimited"));
			assert.equal((await bed.ask()).headers["x-relay-account"], "second");
			assert.equal((await bed.ask()).headers["x-relay-account"], "second");
			assert.equal((await bed.ask({ model: "demo-gemini-small" })).headers["x-relay-account"], "first");
			const { rest, modelRests } = await bed.until("first", (live) => live.modelRests.length > 0);
			assert.equal(rest, null);
			assert.deepEqual(
				modelRests.map(({ model, reason }) => [model, reason]),
				[["demo-gemini-large", "rateLimited"]],
			);
		} finally {
			await bed.close();
		}
	});
});

describe("a Responses stream that is nothing but an error", () => {
	it("is judged by the error's code, and the next account answers", async () => {
		const bed = await startBed("codex", { first: { priority: 1 }, second: {} });
		try {
			const error = codexErrorEvent("rate_limit_exceeded", "Slow down.");
			bed.relays.first.next(behave.stream(() => [error, { do: "end" }]));
			const reply = await bed.ask({ stream: true });
			assert.deepEqual([reply.status, reply.headers["x-relay-account"]], [200, "second"]);
			const { rest } = await bed.until("first", (live) => live.rest !== null);
			assert.equal(rest?.reason, "rateLimited");
		} finally {
			await bed.close();
		}
	});
});
