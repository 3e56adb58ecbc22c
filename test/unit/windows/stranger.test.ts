import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { askToAttach } from "../../../src/bridge/windowProof.ts";
import { FrameReader, framed } from "../../../src/proxy/controlFrames.ts";
import { ControlLink } from "../../../src/proxy/controlLink.ts";
import { ControlSeal } from "../../../src/proxy/controlSeal.ts";
import { freePort } from "../../support/proxyUnderTest.ts";
import { servedRelay } from "../../support/relayAccount.ts";
import { WindowUnderTest } from "../../support/windowUnderTest.ts";

const secret = "local-key-that-no-stranger-may-see";

/** Whoever speaks to the control route by hand. */
class Peer {
	readonly #socket: Socket;
	#received = Buffer.alloc(0);
	readonly closed: Promise<unknown>;

	constructor(port: number, header: string, more = "") {
		this.#socket = connect(port, "127.0.0.1");
		this.closed = once(this.#socket, "close");
		this.#socket.on("error", () => {});
		this.#socket.on("data", (chunk) => {
			this.#received = Buffer.concat([this.#received, chunk]);
		});
		this.#socket.write(
			`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: relay-accounts-window\r\n` +
				`x-relay-accounts-window: ${header}\r\n${more}\r\n`,
		);
	}

	get received(): string {
		return this.#received.toString("latin1");
	}

	/** The bytes after the head. */
	get sealed(): Buffer {
		return this.#received.subarray(this.#received.indexOf("\r\n\r\n") + 4);
	}

	async head(): Promise<string> {
		while (!this.received.includes("\r\n\r\n")) await once(this.#socket, "data");
		return this.received.slice(0, this.received.indexOf("\r\n\r\n"));
	}

	async session(): Promise<string> {
		return /session: (\w+)/.exec(await this.head())?.[1] ?? "";
	}

	send(bytes: Buffer): void {
		this.#socket.write(bytes);
	}

	/** Settles when at least so many bytes have come after the head. */
	async hears(bytes: number): Promise<void> {
		while (this.sealed.length < bytes) await once(this.#socket, "data");
	}

	end(): void {
		this.#socket.destroy();
	}
}

describe("a stranger at the control route", () => {
	let port: number;
	let owner: WindowUnderTest;
	const peers: Peer[] = [];
	const peer = (header: string, more?: string): Peer => {
		const made = new Peer(port, header, more);
		peers.push(made);
		return made;
	};
	/** One who knows the token, up to the first message. */
	async function attach(controlToken = "token") {
		const { nonce, header } = askToAttach("token", port);
		const attached = peer(header);
		const session = await attached.session();
		const seals = (role: "owner" | "attached") => new ControlSeal({ controlToken, port, nonce, session }, role);
		return { attached, sending: seals("attached"), receiving: seals("owner") };
	}
	const message = (value: object) => Buffer.from(JSON.stringify(value));

	beforeEach(async () => {
		port = await freePort();
		owner = new WindowUnderTest();
		await owner.start(port, { localKey: secret, accounts: [servedRelay({ id: "one" })] });
	});
	afterEach(async () => {
		for (const each of peers.splice(0)) each.end();
		await owner.proxy.close();
	});

	it("is refused without the token, from a web page, and for another port", async () => {
		for (const attempt of [
			peer("nonsense"),
			peer(askToAttach("other", port).header),
			peer(askToAttach("token", port + 1).header),
			peer(askToAttach("token", port).header, "Origin: https://page.example\r\n"),
		]) {
			assert.doesNotMatch(await attempt.head(), /101/);
			await attempt.closed;
			assert.ok(!attempt.received.includes(secret));
		}
	});

	it("gets nothing for a question that it has overheard, and is sent away", async () => {
		const { header } = askToAttach("token", port);
		const [first, again] = [peer(header), peer(header)];
		assert.match(await first.head(), /101/);
		assert.match(await again.head(), /101/);
		assert.notEqual(await first.session(), await again.session());
		await again.closed;
		// Heartbeats at most: length, no text, tag.
		assert.ok(again.sealed.length <= 3 * 20);
	});

	it("cannot attach with another token's seal", async () => {
		const { attached, sending } = await attach("other");
		attached.send(framed(sending.seal(message({ type: "attach" }))));
		await attached.closed;
		assert.equal(attached.sealed.length, 0);
	});

	it("cannot repeat what an attached window has said, nor send back what the owner has", async () => {
		for (const forge of [
			(said: Buffer) => said,
			(_: Buffer, heard: Buffer) => heard,
			(said: Buffer) => said.map((byte, index) => (index === 6 ? byte ^ 1 : byte)) as Buffer,
		]) {
			const { attached, sending } = await attach();
			const said = framed(sending.seal(message({ type: "attach" })));
			attached.send(said);
			await attached.hears(40);
			const [firstHeard = Buffer.alloc(0)] = new FrameReader(1e6).read(attached.sealed) ?? [];
			attached.send(forge(said, framed(firstHeard)));
			await attached.closed;
		}
		assert.equal(owner.turnedOff, 0);
		assert.equal(owner.state?.kind, "listening");
	});

	it("is understood when it is a window after all, and what it says in a way unknown here is passed over", async () => {
		const { attached, sending, receiving } = await attach();
		const texts = [
			{ type: "attach" },
			{ type: "from a later version" },
			{ type: "key", key: { accountId: 1 } },
			{ type: "clearCooldown", accountId: {} },
			[],
		];
		for (const text of texts) attached.send(framed(sending.seal(message(text))));
		attached.send(framed(sending.seal(Buffer.from("no JSON"))));
		await attached.hears(40);
		const [first] = new FrameReader(1e6).read(attached.sealed) ?? [];
		assert.ok(first);
		assert.deepEqual(JSON.parse(String(receiving.open(first))), { type: "localKey", localKey: secret });
		assert.ok(!attached.received.includes(secret));
		attached.send(framed(sending.seal(message({ type: "turnOff" }))));
		await owner.becomes("closed");
	});

	it("cannot make the owner keep long messages", async () => {
		const { attached } = await attach();
		const length = Buffer.alloc(4);
		length.writeUInt32BE(0x7fffffff);
		attached.send(length);
		await attached.closed;
	});

	it("cannot fill the places of windows", async () => {
		const { header } = askToAttach("token", port);
		const first = peer(header);
		await first.head();
		for (let count = 0; count < 8; count += 1) await peer(header).head();
		await first.closed;
		const { attached, sending } = await attach();
		attached.send(framed(sending.seal(message({ type: "attach" }))));
		await attached.hears(40);
	});

	it("that has the port itself learns nothing and is not believed", async () => {
		await owner.proxy.close();
		const heard: string[] = [];
		const strangers = [
			"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
			`HTTP/1.1 101 Switching Protocols\r\nx-relay-accounts-session: ${"0".repeat(32)}\r\n\r\n${"x".repeat(100)}`,
			"x".repeat(10_000),
		];
		for (const stranger of strangers) {
			const server = createServer((socket) => {
				socket.on("error", () => {});
				socket.on("data", (chunk) => heard.push(chunk.toString("latin1")));
				socket.write(stranger);
			}).listen(0, "127.0.0.1");
			await once(server, "listening");
			const told: unknown[] = [];
			await new Promise<void>((resolve) => {
				const link = new ControlLink({
					controlToken: "the-token-itself",
					port: (server.address() as { port: number }).port,
					onMessage: (text) => told.push(text),
					onEnd: resolve,
				});
				link.send({
					type: "key",
					key: { accountId: "one", origin: "https://one.example", apiKey: "a-key-of-this-window", changedAt: 1 },
				});
			});
			assert.deepEqual(told, []);
			server.close();
		}
		assert.ok(!heard.join().includes("the-token-itself"));
		assert.ok(!heard.join().includes("a-key-of-this-window"));
	});
});
