import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { gunzipSync } from "node:zlib";
import { Agent, type Dispatcher, request } from "undici";
import { formats } from "../../../src/accounts/account.ts";
import { hangingAddress, refusingOrigin } from "../../support/hostileRelay/addresses.ts";
import * as behave from "../../support/hostileRelay/behaviours.ts";
import { type HostileRelay, startHostileRelay } from "../../support/hostileRelay/hostileRelay.ts";
import { wireQuestion } from "../../support/hostileRelay/question.ts";
import { selfSigned } from "../../support/hostileRelay/selfSigned.ts";

/** What a test of the proxy relies on: that the relay does on the wire what its script says. */
describe("the hostile relay", () => {
	let relay: HostileRelay;
	let agent: Agent;
	before(async () => {
		relay = await startHostileRelay({ key: "k" });
		agent = new Agent();
	});
	after(async () => {
		await agent.destroy();
		await relay.close();
	});

	const ask = (format: (typeof formats)[number] = "openai", stream = true): Promise<Dispatcher.ResponseData> => {
		const { path, body } = wireQuestion({ format, stream });
		const key = { anthropic: "x-api-key", gemini: "x-goog-api-key", openai: "authorization", codex: "authorization" };
		const value = key[format] === "authorization" ? "Bearer k" : "k";
		const headers = { [key[format]]: value, "anthropic-version": "2023-06-01", "content-type": "application/json" };
		return request(relay.origin + path, { method: "POST", headers, body, dispatcher: agent });
	};
	/** What arrives before the reply ends or breaks. */
	const readAll = async (reply: Dispatcher.ResponseData): Promise<{ text: string; error: unknown }> => {
		const chunks: Buffer[] = [];
		try {
			for await (const chunk of reply.body) chunks.push(chunk);
			return { text: Buffer.concat(chunks).toString(), error: null };
		} catch (error) {
			return { text: Buffer.concat(chunks).toString(), error };
		}
	};

	for (const format of formats) {
		it(`answers ${format}, whole and streamed, and takes its streams apart at the right places`, async () => {
			const whole = await ask(format, false);
			assert.equal(whole.statusCode, 200);
			assert.match(await whole.body.text(), /Hello from demo-/);
			assert.match(await (await ask(format)).body.text(), /Hello /);
			relay.next(behave.stopAfterOpening("end"), behave.stopAfterContent("end"));
			assert.doesNotMatch(await (await ask(format)).body.text(), /Hello/);
			const content = await (await ask(format)).body.text();
			assert.match(content, /Hello /);
			assert.doesNotMatch(content, /"finish_reason":"stop"|finishReason|message_stop|response\.completed/);
			assert.equal(relay.calls.at(-1)?.givenKey, "k");
		});
	}

	it("resets before the status line, after the headers, after content and inside an event", async () => {
		relay.next(behave.resetAtOnce);
		await assert.rejects(ask(), { code: "ECONNRESET" });
		relay.next(behave.stopAfterHead("reset"), behave.stopAfterContent("reset"), behave.stopInsideEvent("reset"));
		const afterHead = await readAll(await ask());
		assert.deepEqual([afterHead.text, afterHead.error === null], ["", false]);
		const afterContent = await readAll(await ask());
		assert.equal(afterContent.error === null, false);
		assert.equal(afterContent.text, relay.calls.at(-1)?.sent().toString());
		const inside = await readAll(await ask());
		assert.equal(inside.error === null, false);
		assert.match(inside.text, /Hello [^\n]*\n\ndata: [^\n]+$/);
	});

	it("closes without a reply", async () => {
		relay.next(behave.closeAtOnce);
		await assert.rejects(ask(), { code: "UND_ERR_SOCKET" });
	});

	it("compresses a stream event by event", async () => {
		relay.next(behave.compressed(behave.stopAfterContent("silence")));
		const reply = await ask();
		assert.equal(reply.headers["content-encoding"], "gzip");
		const [first] = (await once(reply.body, "data")) as [Buffer];
		assert.match(gunzipSync(first, { finishFlush: 2 }).toString(), /^data: /);
		reply.body.on("error", () => {}).destroy();
		assert.equal(await relay.calls.at(-1)?.left, true);
	});

	it("compresses a whole reply", async () => {
		relay.next(behave.compressed(behave.answer));
		const reply = await ask("openai", false);
		assert.match(gunzipSync(Buffer.from(await reply.body.bytes())).toString(), /Hello from/);
	});

	it("says nothing until the client goes, and counts it", async () => {
		const { abandoned } = relay;
		relay.next(behave.silence);
		const leaving = new AbortController();
		const { path, body } = wireQuestion({ format: "openai" });
		const asked = request(relay.origin + path, { method: "POST", body, dispatcher: agent, signal: leaving.signal });

		relay.forget();
		const call = await relay.nextCall();
		leaving.abort();
		await assert.rejects(asked);
		assert.equal(await call.left, true);
		assert.equal(relay.abandoned, abandoned + 1);
	});

	it("hangs up a connection that it kept alive", async () => {
		relay.next(behave.answerAndHangUp);
		const connections = relay.connections;
		assert.match(await (await ask()).body.text(), /Hello /);
		assert.match(await (await ask()).body.text(), /Hello /);
		assert.ok(relay.connections > connections);
	});

	it("shows a certificate that nobody trusts", async () => {
		const secure = await startHostileRelay({ certificate: selfSigned() });
		try {
			const socket = connectTls({ port: secure.port, host: "127.0.0.1" });
			const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
			assert.equal(error.code, "DEPTH_ZERO_SELF_SIGNED_CERT");
			const trusting = connectTls({ port: secure.port, host: "127.0.0.1", rejectUnauthorized: false });
			await once(trusting, "secureConnect");
			trusting.destroy();
		} finally {
			await secure.close();
		}
	});

	it("has addresses where nobody listens and where nobody accepts", async () => {
		const refusing = connectTcp(Number(new URL(await refusingOrigin()).port), "127.0.0.1");
		const [refused] = (await once(refusing, "error")) as [NodeJS.ErrnoException];
		assert.equal(refused.code, "ECONNREFUSED");
		const hanging = await hangingAddress();
		try {
			const impatient = new Agent({ connect: { timeout: 200 } });
			await assert.rejects(request(hanging.origin, { dispatcher: impatient }), { code: "UND_ERR_CONNECT_TIMEOUT" });
			await impatient.destroy();
		} finally {
			await hanging.close();
		}
	});
});
