import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import type { AccountKey, ServedRelay } from "../../../src/bridge/protocol.ts";
import { freePort, relayAt } from "../../support/proxyUnderTest.ts";
import { startUpstream, type Upstream } from "../../support/upstream.ts";
import { WindowUnderTest, windowConfig } from "../../support/windowUnderTest.ts";

const reply = '{"id":"1","object":"chat.completion","choices":[{"message":{"role":"assistant","content":"hi"}}]}';

describe("windows of one person", () => {
	let port: number;
	let upstream: Upstream;
	/** How the upstream answers. */
	let answer: (response: ServerResponse) => void;
	const open: WindowUnderTest[] = [];
	before(async () => {
		upstream = await startUpstream((_, response) => answer(response));
	});
	after(() => upstream.close());
	beforeEach(async () => {
		port = await freePort();
		answer = (response) => response.writeHead(200, { "content-type": "application/json" }).end(reply);
	});
	afterEach(async () => {
		await Promise.all(open.splice(0).map(({ proxy }) => proxy.close()));
	});

	const rateLimits = (response: ServerResponse) =>
		response.writeHead(429, { "content-type": "application/json", "retry-after": "100" }).end('{"error":{}}');

	function relay(label = "one", apiKey: string | null = "relay-key"): ServedRelay {
		return { account: relayAt("openai", `${upstream.origin}/v1`, { id: label, label }), apiKey };
	}

	/** The first is the owner, the others have heard from it how the accounts stand. */
	async function openWindows(count: number, relays: readonly ServedRelay[] = [relay()]): Promise<WindowUnderTest[]> {
		const windows = Array.from({ length: count }, () => new WindowUnderTest());
		open.push(...windows);
		for (const window of windows) await window.start(port, { accounts: relays });
		await Promise.all(windows.map((window) => window.until(() => window.lives.length > 0)));
		assert.deepEqual(
			windows.map(({ state }) => state?.kind),
			["listening", ...Array.from({ length: count - 1 }, () => "otherWindow")],
		);
		return windows;
	}

	const chat = (localKey = "key") =>
		fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
			method: "POST",
			headers: { authorization: `Bearer ${localKey}`, "content-type": "application/json" },
			body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] }),
		});

	it("all show how the accounts stand where they answer", async () => {
		const [owner, ...attached] = await openWindows(3);
		answer = rateLimits;
		assert.equal((await chat()).status, 429);
		for (const window of [owner, ...attached]) {
			await window?.until(() => window.live("one")?.rest?.reason === "rateLimited");
			await window?.until(() => window.live("one")?.inFlight === 0);
		}
		for (const window of attached) assert.deepEqual(window.lives.at(-1), owner?.lives.at(-1));
		assert.equal(attached[0]?.live("one")?.lastChoice?.model, "m");
	});

	it("see a request while it runs", async () => {
		const [, attached] = await openWindows(2);
		const held = Promise.withResolvers<ServerResponse>();
		answer = (response) => held.resolve(response);
		const request = chat();
		await attached?.until(() => attached.live("one")?.inFlight === 1);
		(await held.promise).writeHead(200, { "content-type": "application/json" }).end(reply);
		assert.equal((await request).status, 200);
		await attached?.until(() => attached.live("one")?.inFlight === 0);
	});

	it("clear a cooldown from any of them", async () => {
		const [owner, attached] = await openWindows(2);
		answer = rateLimits;
		await chat();
		await attached?.until(() => attached.live("one")?.rest !== null);
		attached?.proxy.clearCooldown("one");
		await attached?.until(() => attached.live("one")?.rest === null);
		assert.equal(owner?.live("one")?.rest, null);
		await chat();
		await attached?.until(() => attached.live("one")?.rest !== null);
		attached?.proxy.clearCooldown(null);
		await attached?.until(() => attached.live("one")?.rest === null);
	});

	it("go on after the owner has closed: the next request is answered, with the key that clients have", async () => {
		const [owner, attached] = [new WindowUnderTest(), new WindowUnderTest()];
		open.push(owner, attached);
		await owner.start(port, { accounts: [relay()], localKey: "first" });
		await attached.start(port, { accounts: [relay()], localKey: "second" });
		await attached.until(() => attached.lives.length > 0);
		assert.equal((await chat("first")).status, 200);
		const closedAt = performance.now();
		await owner.proxy.close();
		await attached.becomes("listening");
		assert.ok(performance.now() - closedAt < 2_000);
		assert.equal((await chat("first")).status, 200);
		// The main thread has taken the key over meanwhile; then a person makes a new one.
		await attached.proxy.configure(windowConfig(port, { accounts: [relay()], localKey: "first" }));
		assert.equal((await chat("first")).status, 200);
		await attached.proxy.configure(windowConfig(port, { accounts: [relay()], localKey: "third" }));
		assert.equal((await chat("first")).status, 401);
		assert.equal((await chat("third")).status, 200);
	});

	it("learn a local key that was made anew in the owner", async () => {
		const [owner, attached] = await openWindows(2);
		await owner?.proxy.configure(windowConfig(port, { accounts: [relay()], localKey: "renewed" }));
		await attached?.until(() => attached.state?.kind === "otherWindow" && attached.state.localKey === "renewed");
		await owner?.proxy.close();
		await attached?.becomes("listening");
		assert.equal((await chat("renewed")).status, 200);
	});

	it("take the cooldowns over with the port, but not the refused keys", async () => {
		const relays = [relay("one"), relay("two")];
		const [owner, attached] = await openWindows(2, relays);
		answer = (response) => {
			if (upstream.requests.length % 2 === 0) rateLimits(response);
			else response.writeHead(401, { "content-type": "application/json" }).end('{"error":{"message":"bad key"}}');
		};
		await chat();
		const reasons = (window?: WindowUnderTest) =>
			window?.lives
				.at(-1)
				?.map(({ rest }) => rest?.reason ?? "none")
				.sort();
		await attached?.until(() => String(reasons(attached)) === "keyRefused,rateLimited");
		await owner?.proxy.close();
		await attached?.becomes("listening");
		await attached?.until(() => String(reasons(attached)) === "none,rateLimited");
	});

	it("have one heir when many of them are attached", async () => {
		const [owner, ...attached] = await openWindows(6);
		await owner?.proxy.close();
		await Promise.race(attached.map((window) => window.becomes("listening")));
		const others = attached.filter(({ state }) => state?.kind !== "listening");
		assert.equal(others.length, 4);
		const told = others.map(({ lives }) => lives.length);
		answer = rateLimits;
		await chat();
		await Promise.all(others.map((window) => window.until(() => window.live("one")?.rest !== null)));
		assert.ok(others.every(({ lives }, index) => lives.length > (told[index] ?? 0)));
	});

	it("are all turned off from the owner", async () => {
		const [owner, ...attached] = await openWindows(3);
		await owner?.proxy.serve(false);
		await Promise.all(attached.map((window) => window.becomes("closed")));
		assert.deepEqual(
			attached.map(({ turnedOff }) => turnedOff),
			[1, 1],
		);
		assert.equal(owner?.turnedOff, 0);
		await assert.rejects(chat());
	});

	it("are all turned off from an attached one", async () => {
		const [owner, first, second] = await openWindows(3);
		await first?.proxy.serve(false);
		await Promise.all([owner, second].map((window) => window?.becomes("closed")));
		assert.deepEqual(
			[owner, first, second].map((window) => window?.turnedOff),
			[1, 1, 1],
		);
		await assert.rejects(chat());
		await second?.proxy.serve(true);
		assert.equal(second?.state?.kind, "listening");
		assert.equal((await chat()).status, 200);
	});

	it("follow the one that is on, and open nothing where none is", async () => {
		const [owner] = await openWindows(1);
		const other = new WindowUnderTest();
		open.push(other);
		await other.proxy.configure(windowConfig(port, { accounts: [relay()] }));
		await other.proxy.follow();
		assert.equal(other.state?.kind, "otherWindow");
		await other.until(() => other.lives.length > 0);
		await owner?.proxy.serve(false);
		await other.becomes("closed");
		await other.proxy.follow();
		assert.equal(other.turnedOff, 2);
		await assert.rejects(chat());
	});

	it("go to another port together", async () => {
		const [owner, attached] = await openWindows(2);
		const old = port;
		port = await freePort();
		await owner?.proxy.configure(windowConfig(port, { accounts: [relay()] }));
		await attached?.proxy.configure(windowConfig(port, { accounts: [relay()] }));
		assert.deepEqual(
			[owner, attached].map((window) => window?.state),
			[
				{ kind: "listening", port },
				{ kind: "otherWindow", port, localKey: "key" },
			],
		);
		await assert.rejects(fetch(`http://127.0.0.1:${old}/health`));
		assert.equal(
			attached?.states.some((state) => state.kind === "listening"),
			false,
		);
	});

	describe("and their keys", () => {
		const keyOf = (accountId: string, apiKey: string, changedAt: number | null): AccountKey => ({
			accountId,
			origin: upstream.origin,
			apiKey,
			changedAt,
		});
		const shown = () => upstream.requests.at(-1)?.headers["authorization"];

		it("an account added in an attached window is used at once, also when its key comes before it", async () => {
			const [owner, attached] = await openWindows(2, []);
			attached?.proxy.keyChanged(keyOf("new", "its-key", Date.now()));
			await attached?.proxy.configure(windowConfig(port, { accounts: [relay("new", "its-key")] }));
			assert.equal((await chat()).status, 503);
			await owner?.proxy.configure(windowConfig(port, { accounts: [relay("new", null)] }));
			assert.equal((await chat()).status, 200);
			assert.equal(shown(), "Bearer its-key");
			assert.deepEqual(
				owner?.learnt.map(({ accountId, apiKey }) => [accountId, apiKey]),
				[["new", "its-key"]],
			);
			await attached?.until(() => attached.live("new")?.hasKey === true);
		});

		it("a key that the owner lacks is told when the window attaches", async () => {
			const owner = new WindowUnderTest();
			const attached = new WindowUnderTest();
			open.push(owner, attached);
			await owner.start(port, { accounts: [relay("one", null)] });
			await attached.start(port, { accounts: [relay("one", "its-key")] });
			await attached.until(() => attached.live("one")?.hasKey === true);
			assert.equal((await chat()).status, 200);
			assert.equal(shown(), "Bearer its-key");
			assert.equal(owner.learnt[0]?.changedAt, null);
		});

		it("of two keys the one that a person has entered later is used", async () => {
			const [owner, attached] = await openWindows(2);
			attached?.proxy.keyChanged(keyOf("one", "later", Date.now()));
			await attached?.proxy.configure(windowConfig(port, { accounts: [relay("one", "later")] }));
			await owner?.until(() => owner.learnt.length === 1);
			await chat();
			assert.equal(shown(), "Bearer later");
			await owner?.proxy.configure(windowConfig(port, { accounts: [relay("one", "latest")] }));
			await chat();
			assert.equal(shown(), "Bearer latest");
		});

		it("of two keys the later one is used also by an owner that has started anew", async () => {
			const [owner, attached] = [new WindowUnderTest(), new WindowUnderTest()];
			open.push(owner, attached);
			owner.proxy.keyChanged(keyOf("one", "later", 2_000));
			await owner.start(port, { accounts: [relay("one", "later")] });
			attached.proxy.keyChanged(keyOf("one", "earlier", 1_000));
			attached.proxy.keyChanged(keyOf("two", "its-key", 1_000));
			await attached.start(port, { accounts: [relay("one", "earlier")] });
			await owner.proxy.configure(windowConfig(port, { accounts: [relay("one", "later"), relay("two", null)] }));
			await owner.until(() => owner.live("two")?.hasKey === true);
			assert.deepEqual(
				owner.learnt.map(({ accountId }) => accountId),
				["two"],
			);
		});

		it("a key that has been removed in all windows is used by none, whoever has told it before", async () => {
			const [owner, attached] = await openWindows(2);
			const signedOut = windowConfig(port, { accounts: [relay("one", null)] });
			attached?.proxy.keyChanged(keyOf("one", "later", Date.now()));
			await attached?.proxy.configure(windowConfig(port, { accounts: [relay("one", "later")] }));
			await owner?.until(() => owner.learnt.length === 1);
			await owner?.proxy.configure(windowConfig(port, { accounts: [relay("one", "later")] }));
			await attached?.proxy.configure(signedOut);
			await owner?.proxy.configure(signedOut);
			assert.equal((await chat()).status, 503);
			await owner?.proxy.close();
			await attached?.until(() => attached.state?.kind === "listening");
			assert.equal((await chat()).status, 503);
		});

		it("a key that only an attached window had is used no more once it is removed there", async () => {
			const [owner, attached] = await openWindows(2, [relay("one", null)]);
			attached?.proxy.keyChanged(keyOf("one", "its-key", Date.now() - 1_000));
			await attached?.proxy.configure(windowConfig(port, { accounts: [relay("one", "its-key")] }));
			await owner?.until(() => owner.live("one")?.hasKey === true);
			assert.equal((await chat()).status, 200);
			await attached?.proxy.configure(windowConfig(port, { accounts: [relay("one", null)] }));
			attached?.proxy.keyChanged({ ...keyOf("one", "", Date.now()), apiKey: null });
			await owner?.until(() => owner.live("one")?.hasKey === false);
			assert.equal((await chat()).status, 503);
		});

		it("a key goes to its own host only", async () => {
			const [owner, attached] = await openWindows(2, [relay("one", null)]);
			attached?.proxy.keyChanged({ ...keyOf("one", "elsewhere", Date.now()), origin: "https://other.example" });
			attached?.proxy.keyChanged(keyOf("two", "its-key", Date.now()));
			await owner?.proxy.configure(windowConfig(port, { accounts: [relay("one", null), relay("two", null)] }));
			await owner?.until(() => owner.live("two")?.hasKey === true);
			assert.equal(owner?.live("one")?.hasKey, false);
			assert.deepEqual(
				owner?.learnt.map(({ accountId }) => accountId),
				["two"],
			);
		});

		it("no key goes from the owner to the others", async () => {
			const [, attached] = await openWindows(2, [relay("one", "secret-of-the-owner")]);
			await chat();
			await attached?.until(() => (attached.live("one")?.lastChoice ?? null) !== null);
			assert.ok(!JSON.stringify([attached?.lives, attached?.learnt]).includes("secret-of-the-owner"));
		});
	});
});
