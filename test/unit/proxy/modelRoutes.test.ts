import assert from "node:assert/strict";
import { type ProxyUnderTest, poolSettings, startProxy } from "../../support/proxyUnderTest.ts";
import { servedRelay } from "../../support/relayAccount.ts";

describe("the model routes", () => {
	let proxy: ProxyUnderTest;
	before(async () => {
		proxy = await startProxy([servedRelay({ label: "A", allowedModels: ["vendor/big"] })], {
			pool: { ...poolSettings, modelAliases: { "my/fast": "A/vendor/big", lost: "nowhere" } },
		});
	});
	after(() => proxy.close());

	const get = async (path: string): Promise<{ readonly status: number; readonly body: unknown }> => {
		const response = await fetch(proxy.origin + path, { headers: { authorization: `Bearer ${proxy.localKey}` } });
		return { status: response.status, body: await response.json() };
	};

	it("list models and the aliases whose target somebody serves", async () => {
		const { body } = await get("/v1/models");
		const { data } = body as { readonly data: readonly { readonly id: string }[] };
		assert.deepEqual(
			data.map(({ id }) => id),
			["vendor/big", "my/fast"],
		);
	});

	it("find one by its name, an alias too, with its slash written either way", async () => {
		for (const path of ["vendor/big", "my/fast", "my%2Ffast"]) {
			const { status, body } = await get(`/v1/models/${path}`);
			assert.deepEqual([status, (body as { id: string }).id], [200, decodeURIComponent(path)]);
		}
	});

	it("have no model that nobody serves, whatever names it", async () => {
		assert.equal((await get("/v1/models/lost")).status, 404);
	});
});
