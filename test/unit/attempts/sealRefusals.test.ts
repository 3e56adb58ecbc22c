import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { type Bed, startBed } from "../../support/hostileRelay/bed.ts";
import * as behave from "../../support/hostileRelay/behaviours.ts";
import { clientHeaders, send } from "../../support/wire.ts";

const refusal = behave.whole(
	400,
	JSON.stringify({
		error: {
			type: "invalid_request_error",
			code: "invalid_encrypted_content",
			message:
				"The encrypted content gAAA... could not be verified. Reason: Encrypted content could not be decrypted or parsed.",
		},
	}),
	{ "content-type": "application/json" },
);
const reasoning = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "sealed-by-another-account" };
const call = { type: "function_call", call_id: "call_1", name: "look", arguments: "{}" };
const result = { type: "function_call_output", call_id: "call_1", output: "seen" };
const question = { role: "user", content: "go on" };

describe("a conversation whose reasoning another account has encrypted", () => {
	let bed: Bed<"first" | "second">;
	beforeEach(async () => {
		bed = await startBed("codex", { first: { priority: 1 }, second: {} });
	});
	afterEach(() => bed.close());

	const ask = (session: string) =>
		send(`${bed.proxy.origin}/v1/responses`, {
			headers: clientHeaders(bed.proxy.localKey, { "session-id": session, "content-type": "application/json" }),
			body: JSON.stringify({ model: "demo-codex-large", input: [reasoning, call, result, question], stream: true }),
		});
	const inputs = () => bed.relays.second.calls.map(({ request }) => JSON.parse(request.body.toString()).input);

	it("goes on at the next account without it, and the client is answered", async () => {
		bed.relays.first.next(behave.status(503));
		bed.relays.second.next(refusal);
		const reply = await ask("talk");
		assert.deepEqual(
			[reply.status, reply.headers["x-relay-account"], reply.headers["x-relay-attempts"]],
			[200, "second", "3"],
		);
		assert.deepEqual(inputs(), [
			[reasoning, call, result, question],
			[call, result, question],
		]);
	});

	it("goes there without it at once from then on, and another conversation goes whole", async () => {
		bed.relays.first.always(behave.status(503));
		bed.relays.second.next(refusal);
		await ask("talk");
		assert.equal((await ask("talk")).headers["x-relay-attempts"], "2");
		assert.deepEqual(inputs().at(-1), [call, result, question]);
		await ask("another talk");
		assert.deepEqual(inputs().at(-1), [reasoning, call, result, question]);
	});

	it("is not tried for ever where the account refuses it all the same", async () => {
		bed.relays.first.always(behave.status(503));
		bed.relays.second.always(refusal);
		const reply = await ask("talk");
		assert.equal(reply.status, 400);
		assert.match(reply.body.toString(), /invalid_encrypted_content/);
		assert.equal(bed.relays.second.calls.length, 2);
	});

	it("gets the refusal where no more calls may be made, and goes without it the next time", async () => {
		await bed.proxy.proxy.configure({ ...bed.proxy.config, pool: { ...bed.proxy.config.pool, maxAttempts: 1 } });
		bed.relays.first.next(refusal);
		const reply = await ask("talk");
		assert.equal(reply.status, 400);
		assert.match(reply.body.toString(), /invalid_encrypted_content/);
		assert.equal((await ask("talk")).status, 200);
		const [, { request } = assert.fail()] = bed.relays.first.calls;
		assert.deepEqual(JSON.parse(request.body.toString()).input, [call, result, question]);
	});

	it("goes on without it in clear where the client had compressed it", async () => {
		bed.relays.first.next(refusal);
		const body = JSON.stringify({ model: "demo-codex-large", input: [reasoning, question], stream: true });
		const reply = await send(`${bed.proxy.origin}/v1/responses`, {
			headers: clientHeaders(bed.proxy.localKey, { "content-type": "application/json", "content-encoding": "gzip" }),
			body: gzipSync(body),
		});
		assert.equal(reply.status, 200);
		const [whole, without] = bed.relays.first.calls.map(({ request }) => request);
		assert.equal(whole?.headers["content-encoding"], "gzip");
		assert.equal(without?.headers["content-encoding"], undefined);
		assert.deepEqual(JSON.parse(without?.body.toString() ?? "").input, [question]);
	});

	it("comes back to who can read it, though it moved to an account that never can", async () => {
		const accounts = bed.proxy.config.accounts.map((served) =>
			"backend" in served ? served : { ...served, account: { ...served.account, priority: 0 } },
		);
		await bed.proxy.proxy.configure({ ...bed.proxy.config, accounts });
		const [home, other] =
			(await ask("talk")).headers["x-relay-account"] === "first"
				? [bed.relays.first, bed.relays.second]
				: [bed.relays.second, bed.relays.first];
		home.next(behave.status(503));
		other.always(refusal);
		const refused = await ask("talk");
		assert.deepEqual([refused.status, refused.headers["x-relay-attempts"]], [400, "3"]);
		assert.match(refused.body.toString(), /invalid_encrypted_content/);
		const answered = await ask("talk");
		assert.deepEqual([answered.status, answered.headers["x-relay-attempts"]], [200, "2"]);
		assert.equal((await ask("talk")).headers["x-relay-attempts"], "1");
	});

	it("takes nothing from the account's health", async () => {
		bed.relays.first.next(behave.status(503));
		bed.relays.second.next(refusal);
		await ask("talk");
		const { rest } = await bed.until("second", ({ inFlight }) => inFlight === 0);
		assert.equal(rest, null);
	});
});
