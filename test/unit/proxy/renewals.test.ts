import assert from "node:assert/strict";
import type { RefusedLogin } from "../../../src/bridge/protocol.ts";
import { Renewals } from "../../../src/proxy/renewals.ts";
import { servedNative } from "../../support/relayAccount.ts";

describe("logins that are being renewed", () => {
	let asked: RefusedLogin[];
	let renewals: Renewals;
	const stays = new AbortController().signal;
	const refuse = (accountId = "one", accessToken = "old") => renewals.refused({ accountId, accessToken });
	beforeEach(() => {
		asked = [];
		renewals = new Renewals((refused) => asked.push(refused));
	});
	afterEach(() => renewals.close());

	it("are asked for once, however many requests find the same token refused", () => {
		refuse();
		refuse();
		refuse("two");
		assert.deepEqual(
			asked.map(({ accountId }) => accountId),
			["one", "two"],
		);
	});

	it("are renewed when another token is configured, and not by a config with the same", async () => {
		refuse();
		const first = renewals.first(["one"], stays);
		renewals.configured([servedNative({ id: "one" }, "old")]);
		assert.equal(renewals.isOpen("one"), true);
		renewals.configured([servedNative({ id: "one" }, "new")]);
		assert.equal(await first, "one");
		assert.equal(renewals.isOpen("one"), false);
	});

	for (const [what, end] of [
		["cannot be renewed", () => renewals.notRenewed("one")],
		["is signed out", () => renewals.configured([servedNative({ id: "one" }, null)])],
		["is removed", () => renewals.configured([])],
	] as const) {
		it(`are waited for no longer when one ${what}`, async () => {
			refuse();
			const first = renewals.first(["one"], stays);
			end();
			assert.equal(await first, null);
		});
	}

	it("give the first of several", async () => {
		refuse("one");
		refuse("two");
		const first = renewals.first(["one", "two"], stays);
		renewals.notRenewed("one");
		renewals.configured([servedNative({ id: "two" }, "new")]);
		assert.equal(await first, "two");
	});

	it("hold nobody who leaves", async () => {
		refuse();
		const leaving = new AbortController();
		const first = renewals.first(["one"], leaving.signal);
		leaving.abort();
		assert.equal(await first, null);
	});

	it("hold nobody who has left already", async () => {
		refuse();
		assert.equal(await renewals.first(["one"], AbortSignal.abort()), null);
		assert.equal(renewals.isOpen("one"), true);
	});

	it("are none where a newer token than the refused one is at hand", () => {
		renewals.configured([servedNative({ id: "one" }, "new")]);
		refuse("one", "old");
		assert.deepEqual(asked, []);
		assert.equal(renewals.isOpen("one"), false);
		assert.equal(renewals.isOutdated({ accountId: "one", accessToken: "old" }), true);
		assert.equal(renewals.isOutdated({ accountId: "one", accessToken: "new" }), false);
		assert.equal(renewals.isOutdated({ accountId: "two", accessToken: "old" }), false);
		renewals.configured([servedNative({ id: "one" }, null)]);
		assert.equal(renewals.isOutdated({ accountId: "one", accessToken: "old" }), false);
	});

	it("are asked for anew when the new token is refused too", async () => {
		refuse();
		const first = renewals.first(["one"], stays);
		refuse("one", "newer");
		assert.equal(await first, null);
		assert.deepEqual(
			asked.map(({ accessToken }) => accessToken),
			["old", "newer"],
		);
	});
});
