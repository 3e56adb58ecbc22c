import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { NativeAccount } from "../../../src/accounts/account.ts";
import { doubtfulWait } from "../../../src/native/rotationLedger.ts";
import { person } from "../../support/chatgpt/people.ts";
import { temporaryFolder } from "../accounts/temporaryFolder.ts";
import { FileSecrets } from "./fileSecrets.ts";
import { LoginGround, type LoginWindow } from "./loginFixture.ts";

const program = fileURLToPath(new URL("renewingProcess.ts", import.meta.url));

interface Answer {
	readonly kind: string;
	readonly token: string | null;
}

/** A window in a process of its own. */
class OtherWindow {
	readonly child: ChildProcessByStdio<Writable, Readable, null>;
	readonly #lines: Interface;
	readonly #answers: AsyncIterator<string>;

	constructor(args: readonly string[]) {
		this.child = spawn(process.execPath, [program, ...args], { stdio: ["pipe", "pipe", "inherit"] });
		this.#lines = createInterface({ input: this.child.stdout });
		this.#answers = this.#lines[Symbol.asyncIterator]();
	}

	async next(): Promise<Answer> {
		const { value } = await this.#answers.next();
		return JSON.parse(value);
	}

	renew(id: string): Promise<Answer> {
		this.child.stdin.write(`${id}\n`);
		return this.next();
	}

	async kill(): Promise<void> {
		this.child.kill("SIGKILL");
		if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, "exit");
	}
}

describe("windows in processes of their own", () => {
	let ground: LoginGround;
	let secretFolder: Awaited<ReturnType<typeof temporaryFolder>>;
	let window: LoginWindow;
	let account: NativeAccount;
	const others: OtherWindow[] = [];
	beforeEach(async () => {
		ground = await LoginGround.make();
		secretFolder = await temporaryFolder();
		window = await ground.openWindow({ secrets: new FileSecrets(secretFolder.path) });
		account = await ground.signIn(window, person());
	});
	afterEach(async () => {
		await Promise.all(others.splice(0).map((other) => other.kill()));
		await ground.close();
		await secretFolder.remove();
	});

	async function open(count: number): Promise<readonly OtherWindow[]> {
		const { issuer, backend } = ground.bound;
		const args = [ground.folder.path, secretFolder.path, issuer, backend];
		const opened = Array.from({ length: count }, () => new OtherWindow(args));
		others.push(...opened);
		assert.ok((await Promise.all(opened.map((other) => other.next()))).every(({ kind }) => kind === "ready"));
		return opened;
	}

	it("renew at once with one exchange, and all have the new token", async function () {
		this.timeout(60_000);
		const opened = await open(3);
		for (let round = 1; round <= 3; round += 1) {
			// One that comes late finds the new token, but has been told of it by nobody; it asks for its own wish.
			const answers = await Promise.all(opened.map((other) => other.renew(account.id)));
			assert.deepEqual(new Set(answers.map(({ kind }) => kind)), new Set(["good"]));
			assert.equal(new Set(answers.map(({ token }) => token)).size, 1);
			assert.equal(ground.exchanges, round);
		}
		assert.equal(ground.auth.logins.all[0]?.state, "good");
	});

	it("leave a trace when they die between sending and storing", async function () {
		this.timeout(60_000);
		const [dying] = await open(1);
		const { promise, resolve } = Promise.withResolvers<void>();
		ground.auth.next({ kind: "held", when: "before", until: promise });
		dying?.child.stdin.write(`${account.id}\n`);
		await ground.auth.nextExchange();
		await dying?.kill();
		// What time does to the lock of the dead process.
		for (const name of await readdir(ground.folder.path)) {
			if (name.endsWith(".lock")) await utimes(join(ground.folder.path, name), 1, 1);
		}
		await window.keeper.start();
		ground.clock.jump(Date.now() - ground.clock.now());
		const state = await window.keeper.renewNow(account.id);
		assert.ok(state.kind === "waiting", JSON.stringify(state));
		assert.ok(state.until > ground.clock.now() && state.until <= ground.clock.now() + doubtfulWait);
		assert.equal(ground.exchanges, 1);
		assert.equal(window.keeper.accessTokenFor(account.id), window.vault.loginOf(account.id)?.accessToken);
		resolve();
	});
});
