import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:net";
import {
	type BrowserSignIn,
	type BrowserSignInOptions,
	startBrowserSignIn,
} from "../../../src/native/browserSignIn.ts";
import type { Fetch } from "../../../src/native/login.ts";
import { unavailable } from "../../support/chatgpt/exchangeFate.ts";
import { type AuthUnderTest, sentBackTo, signInTexts, startAuth } from "./authFixture.ts";

const texts = signInTexts;

describe("a sign-in by the browser", () => {
	let auth: AuthUnderTest;
	let leaving: AbortController;
	beforeEach(async () => {
		auth = await startAuth();
		leaving = new AbortController();
	});
	afterEach(async () => {
		leaving.abort();
		await auth.server.close();
	});

	const start = (more: Partial<BrowserSignInOptions> = {}): Promise<BrowserSignIn> =>
		startBrowserSignIn({ settings: auth.settings, fetch, texts, signal: leaving.signal, ...more });
	/** A sign-in whose time is over when the test says so. */
	const startTimed = async (): Promise<{ signIn: BrowserSignIn; timeOut: () => void }> => {
		let timeOut = (): void => assert.fail("no alarm was set");
		const alarm: BrowserSignInOptions["alarm"] = (ring, milliseconds) => {
			assert.equal(milliseconds, 300_000);
			timeOut = ring;
			return () => {};
		};
		const signIn = await start({ alarm });
		return { signIn, timeOut };
	};
	/** Agrees at the auth server, and goes where it leads. */
	const visit = async ({ url }: BrowserSignIn) => fetch(await sentBackTo(url));
	const isFree = async (): Promise<boolean> => {
		const server = createServer();
		const heard = once(server.listen(Number(new URL(auth.redirectUrl).port), "127.0.0.1"), "listening");
		const free = await heard.then(
			() => true,
			() => false,
		);
		if (free) server.close();
		return free;
	};
	const holdExchange = () => {
		const { promise, resolve } = Promise.withResolvers<void>();
		auth.server.next({ kind: "held", when: "before", until: promise });
		return resolve;
	};

	it("ends with the tokens of whoever agreed, a page that says so, and a free port", async () => {
		const signIn = await start();
		assert.equal(signIn.listening, "yes");
		const page = await visit(signIn);
		assert.equal(page.status, 200);
		assert.match(await page.text(), /You are signed in/);
		const result = await signIn.result;
		assert.ok(result.kind === "ok");
		assert.equal(result.tokens.identity.email, auth.server.visitor.email);
		assert.ok(await isFree());
	});

	it("holds the page until the tokens are there", async () => {
		const signIn = await start();
		const release = holdExchange();
		let hasPage = false;
		const page = visit(signIn).then((reply) => {
			hasPage = true;
			return reply;
		});
		await auth.server.nextExchange();
		assert.equal(hasPage, false);
		release();
		assert.equal((await page).status, 200);
		assert.equal((await signIn.result).kind, "ok");
	});

	it("says in the browser what went wrong", async () => {
		const signIn = await start();
		auth.server.next({ kind: "reset", when: "after" });
		const page = await visit(signIn);
		assert.equal(page.status, 400);
		assert.match(await page.text(), /Not signed in.*It is brokenOff/s);
		assert.equal((await signIn.result).kind, "brokenOff");
	});

	it("ends when the person says no", async () => {
		auth.server.consent = "denied";
		const signIn = await start();
		assert.match(await (await visit(signIn)).text(), /It is denied/);
		const result = await signIn.result;
		assert.ok(result.kind === "denied");
		assert.equal(result.code, "access_denied");
	});

	it("is not ended by a callback of somebody else", async () => {
		const signIn = await start();
		for (const query of ["?code=a&state=b", "?error=access_denied&state=b", "?code=a", ""]) {
			const reply = await fetch(auth.redirectUrl + query);
			assert.equal(reply.status, 400);
			assert.match(await reply.text(), /It is wrongCallback/);
		}
		assert.equal(auth.server.exchanges.length, 0);
		await visit(signIn);
		assert.equal((await signIn.result).kind, "ok");
	});

	it("takes a pasted URL, in whatever host the browser had it", async () => {
		const signIn = await start();
		const place = (await sentBackTo(signIn.url)).replace(/^http:\/\/localhost:\d+/, "https://forwarded.example");
		assert.equal(await signIn.pasteCallback(` "${place}" `), null);
		assert.equal((await signIn.result).kind, "ok");
	});

	it("asks again for a URL that is none of it", async () => {
		const signIn = await start();
		assert.equal((await signIn.pasteCallback("http://localhost/?code=a&state=b"))?.kind, "wrongCallback");
		assert.equal(await signIn.pasteCallback(await sentBackTo(signIn.url)), null);
	});

	it("exchanges a code once, however often it comes", async () => {
		const signIn = await start();
		const release = holdExchange();
		const place = await sentBackTo(signIn.url);
		const bothAreThere = arrivals(2);
		const [page, other] = [fetch(place), fetch(place)];
		await Promise.all([auth.server.nextExchange(), bothAreThere]);
		const [pasted, again] = [signIn.pasteCallback(place), signIn.pasteCallback(place)];
		release();
		assert.deepEqual([await pasted, await again], [null, null]);
		assert.deepEqual([(await page).status, (await other).status], [200, 200]);
		assert.equal(await signIn.pasteCallback(place), null);
		assert.equal(auth.server.exchanges.length, 1);
	});

	it("goes on after an auth server that was down, with the same code", async () => {
		const signIn = await start();
		const place = await sentBackTo(signIn.url);
		auth.server.next(unavailable(), unavailable());
		assert.match(await (await fetch(place)).text(), /It is unavailable/);
		assert.equal((await signIn.pasteCallback(place))?.kind, "unavailable");
		assert.equal((await fetch(place)).status, 200);
		assert.equal((await signIn.result).kind, "ok");
	});

	it("goes on after a network that was down, with the same code", async () => {
		let isDown = true;
		const down = Object.assign(new Error("x"), { code: "ENOTFOUND" });
		const flaky: Fetch = (...request) => (isDown ? Promise.reject(down) : fetch(...request));
		const signIn = await start({ fetch: flaky });
		const place = await sentBackTo(signIn.url);
		assert.equal((await signIn.pasteCallback(place))?.kind, "notSent");
		isDown = false;
		assert.equal(await signIn.pasteCallback(place), null);
	});

	it("ends when the code is refused", async () => {
		const signIn = await start();
		const place = new URL(await sentBackTo(signIn.url));
		place.searchParams.set("code", "ac_another");
		assert.equal((await signIn.pasteCallback(place.href))?.kind, "spent");
		assert.equal((await signIn.result).kind, "spent");
	});

	it("ends when nobody comes, and gives the port back", async () => {
		const signIn = await start({ patience: 30 });
		assert.deepEqual(await signIn.result, { kind: "timedOut" });
		assert.ok(await isFree());
	});

	it("ends with what went wrong last when nobody comes again", async () => {
		const { signIn, timeOut } = await startTimed();
		auth.server.next(unavailable());
		await visit(signIn);
		timeOut();
		assert.equal((await signIn.result).kind, "unavailable");
	});

	it("waits for tokens that are on their way when its time is over", async () => {
		const { signIn, timeOut } = await startTimed();
		const release = holdExchange();
		const page = visit(signIn);
		await auth.server.nextExchange();
		timeOut();
		release();
		assert.equal((await page).status, 200);
		assert.equal((await signIn.result).kind, "ok");
	});

	it("ends when it is cancelled, also while tokens are on their way", async () => {
		const signIn = await start();
		const release = holdExchange();
		const page = visit(signIn);
		await auth.server.nextExchange();
		leaving.abort();
		assert.deepEqual(await signIn.result, { kind: "cancelled" });
		assert.match(await (await page).text(), /It is cancelled/);
		assert.ok(await isFree());
		release();
	});

	it("never begins when it is cancelled already", async () => {
		const signIn = await start({ signal: AbortSignal.abort() });
		assert.deepEqual(await signIn.result, { kind: "cancelled" });
		assert.ok(await isFree());
	});

	it("is cancelled by the next one, which has the port then", async () => {
		const first = await start();
		const [second, third] = await Promise.all([start(), start()]);
		assert.deepEqual(await first.result, { kind: "cancelled" });
		assert.deepEqual(await second.result, { kind: "cancelled" });
		assert.equal(third.listening, "yes");
		await visit(third);
		assert.equal((await third.result).kind, "ok");
	});

	it("can be pasted where another program has the port", async () => {
		const program = createServer().listen(Number(new URL(auth.redirectUrl).port), "127.0.0.1");
		await once(program, "listening");
		const signIn = await start();
		assert.equal(signIn.listening, "taken");
		assert.equal(await signIn.pasteCallback(await sentBackTo(signIn.url)), null);
		assert.equal((await signIn.result).kind, "ok");
		program.close();
	});
});

/** Settles when so many callbacks have reached a server of this process; one that is still on its way is cut when the sign-in ends. */
function arrivals(count: number): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	let left = count;
	const note = (message: unknown) => {
		const { request } = message as { readonly request: IncomingMessage };
		if (!request.url?.startsWith("/auth/callback")) return;
		left -= 1;
		if (left > 0) return;
		unsubscribe("http.server.request.start", note);
		resolve();
	};
	subscribe("http.server.request.start", note);
	return promise;
}
