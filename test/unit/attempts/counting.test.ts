import assert from "node:assert/strict";
import { startBed } from "../../support/hostileRelay/bed.ts";
import * as behave from "../../support/hostileRelay/behaviours.ts";
import { clientHeaders, send } from "../../support/wire.ts";

describe("a count of tokens", () => {
	it("is estimated where those that have the model rest and another one lacks it", async () => {
		const bed = await startBed("anthropic", { lacking: {}, resting: { priority: 1 } });
		try {
			bed.relays.resting.next(behave.status(429, { "retry-after": 60 }));
			assert.equal((await bed.ask()).headers["x-relay-account"], "lacking");
			bed.relays.lacking.always(behave.complain("modelUnknown"));
			const reply = await send(`${bed.proxy.origin}/v1/messages/count_tokens`, {
				headers: clientHeaders(bed.proxy.localKey),
				body: JSON.stringify({ model: "demo-anthropic-large", messages: [{ role: "user", content: "hi" }] }),
			});
			assert.equal(bed.relays.lacking.calls.length, 2);
			assert.deepEqual([reply.status, reply.headers["x-relay-estimate"]], [200, "tokens"]);
		} finally {
			await bed.close();
		}
	});
});
