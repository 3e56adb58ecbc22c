import assert from "node:assert/strict";
import fc from "fast-check";
import type { Quota } from "../../../src/bridge/quota.ts";
import { QuotaListener } from "../../../src/proxy/quotaListener.ts";

const now = 1_800_000_000_000;
const event = (used: number) =>
	`event: codex.rate_limits\ndata: ${JSON.stringify({
		type: "codex.rate_limits",
		rate_limits: { primary: { used_percent: used, window_minutes: 300, reset_at: now / 1000 + 60 } },
	})}\n\n`;
const delta = 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"hello"}\n\n';

function heard(chunks: readonly Buffer[]): readonly (number | undefined)[] {
	const quotas: Quota[] = [];
	const listener = new QuotaListener(
		() => ({ now, clock: now }),
		(quota) => quotas.push(quota),
	);
	for (const chunk of chunks) listener.push(chunk);
	return quotas.map(({ buckets }) => buckets[0]?.primary?.usedPercent);
}

describe("what a stream tells of a plan", () => {
	it("is heard however the stream is cut, each event once and in order", () => {
		const bytes = Buffer.from(delta + event(10) + delta + event(20) + event(30) + delta);
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 12 }), (cuts) => {
				const ends = [...cuts.toSorted((a, b) => a - b), bytes.length];
				const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
				assert.deepEqual(heard(chunks), [10, 20, 30]);
			}),
			{ seed: 4 },
		);
	});

	it("is not heard out of what a model says", () => {
		const said = `data: ${JSON.stringify({ type: "response.output_text.delta", delta: event(99) })}\n\n`;
		assert.deepEqual(heard([Buffer.from(said)]), []);
	});

	it("is not waited for in a line without an end", () => {
		const endless = Buffer.alloc(200 * 1024, 0x61);
		assert.deepEqual(heard([endless, endless, Buffer.from(`\n${event(5)}`)]), [5]);
	});
});
