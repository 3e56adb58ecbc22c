import assert from "node:assert/strict";
import type { AuthResult } from "../../../src/native/login.ts";
import { SignInDesk, type UnderWay } from "../../../src/vscode/signInDesk.ts";

/** A sign-in that waits until it is cancelled or told how it ends. */
function waitingSignIn(signal: AbortSignal) {
	const { promise: result, resolve } = Promise.withResolvers<AuthResult>();
	signal.addEventListener("abort", () => resolve({ kind: "cancelled" }));
	const signIn = { url: "https://auth.example", listening: "yes", pasteCallback: async () => null, result } as const;
	return { underWay: { kind: "browser", signIn } satisfies UnderWay, end: resolve };
}

describe("the sign-in of a window", () => {
	const never = new AbortController().signal;

	it("is known while it waits, and no longer when it has ended", async () => {
		const desk = new SignInDesk();
		const kind = () => desk.underWay?.kind ?? null;
		assert.equal(kind(), null);
		let end: (result: AuthResult) => void = () => {};
		const ended = desk.run(never, (signal, begun) => {
			const waiting = waitingSignIn(signal);
			end = waiting.end;
			begun(waiting.underWay);
			return waiting.underWay.signIn.result;
		});
		assert.equal(kind(), "browser");
		end({ kind: "timedOut" });
		assert.deepEqual(await ended, { kind: "timedOut" });
		assert.equal(kind(), null);
	});

	it("is cancelled by a new one, which stays known when the old one has ended", async () => {
		const desk = new SignInDesk();
		const run = () =>
			desk.run(never, (signal, begun) => {
				const { underWay } = waitingSignIn(signal);
				begun(underWay);
				return underWay.signIn.result;
			});
		const first = run();
		const second = run();
		assert.deepEqual(await first, { kind: "cancelled" });
		assert.notEqual(desk.underWay, null);
		desk.dispose();
		assert.deepEqual(await second, { kind: "cancelled" });
	});

	it("is not taken for the one under way when it begins late", async () => {
		const desk = new SignInDesk();
		let beginLate: () => void = () => {};
		const first = desk.run(never, (signal, begun) => {
			const { underWay } = waitingSignIn(signal);
			beginLate = () => begun(underWay);
			return underWay.signIn.result;
		});
		const second = desk.run(never, (signal) => waitingSignIn(signal).underWay.signIn.result);
		beginLate();
		assert.equal(desk.underWay, null);
		desk.dispose();
		await Promise.all([first, second]);
	});

	it("is cancelled by the person", async () => {
		const desk = new SignInDesk();
		const person = new AbortController();
		const ended = desk.run(person.signal, (signal) => waitingSignIn(signal).underWay.signIn.result);
		person.abort();
		assert.deepEqual(await ended, { kind: "cancelled" });
	});

	it("is over when it could not begin", async () => {
		const desk = new SignInDesk();
		await assert.rejects(
			desk.run(never, () => Promise.reject(new Error("no"))),
			/no/,
		);
		assert.equal(desk.underWay, null);
	});
});
