import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isAnswering } from "../support/client.ts";
import { extension, extensionId } from "../support/extension.ts";
import { localPort } from "../support/localPort.ts";
import { until } from "../support/until.ts";

/** What VS Code itself notes on the way; milliseconds since 1970. */
interface PerformanceMarks {
	readonly getMarks: () => readonly { readonly name: string; readonly startTime: number }[];
}

function markedAt(step: string): number {
	const { MonacoPerformanceMarks: marks } = globalThis as { MonacoPerformanceMarks?: PerformanceMarks };
	const mark = marks?.getMarks().find(({ name }) => name === `code/extHost/${step}/${extensionId}`);
	return mark?.startTime ?? Number.NaN;
}

function shipped(file: string): string {
	return readFileSync(join(extension().extensionPath, "dist", file), "utf8");
}

describe("activation", () => {
	it("comes by itself after the start", async function () {
		await until(() => extension().isActive);
		const loading = markedAt("didLoadExtensionCode") - markedAt("willLoadExtensionCode");
		const activating = markedAt("didActivateExtension") - markedAt("willActivateExtension");
		if (this.test) this.test.title += ` (code loaded in ${loading} ms, activated in ${activating} ms)`;
	});

	it("starts the proxy without being asked", async () => {
		await until(() => isAnswering(localPort()));
	});

	it("loads nothing of the libraries that only the proxy's thread or a sign-in needs", () => {
		const activationCode = shipped("extension.cjs");
		const workerCode = shipped("worker.cjs");
		// Words of h3, its router, listhen and undici that stay in the code when it is minified.
		for (const word of ["HTTPError", "rou3", "GetPortError", "UND_ERR_HEADERS_TIMEOUT"]) {
			assert.ok(workerCode.includes(word), `${word} no longer tells where the library is`);
			assert.ok(!activationCode.includes(word), `${word} is in the code that activation loads`);
		}
		const onDemandCode = shipped("onDemand.cjs");
		// A word of the OAuth library.
		assert.ok(onDemandCode.includes("OAUTH_INVALID_RESPONSE"), "this no longer tells where the library is");
		assert.ok(
			!activationCode.includes("OAUTH_INVALID_RESPONSE"),
			"the OAuth library is in the code that activation loads",
		);
		const loaded = Object.keys(require.cache).filter((file) => file.startsWith(extension().extensionPath));
		assert.ok(loaded.some((file) => file.endsWith("extension.cjs")));
		assert.ok(!loaded.some((file) => file.endsWith("worker.cjs") || file.endsWith("onDemand.cjs")));
	});
});
