import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { ControlChannel, type ControlChannelParts } from "../../../src/proxy/controlChannel.ts";

describe("a channel between two windows", () => {
	const session = { controlToken: "token", port: 1, nonce: "a", session: "b" };
	const sockets: Socket[] = [];
	let ownerSocket: Socket;
	let attachedSocket: Socket;
	beforeEach(async () => {
		const server = createServer().listen(0, "127.0.0.1");
		await once(server, "listening");
		attachedSocket = connect((server.address() as AddressInfo).port, "127.0.0.1");
		[ownerSocket] = (await once(server, "connection")) as [Socket];
		server.close();
		sockets.push(ownerSocket, attachedSocket);
	});
	afterEach(() => {
		for (const socket of sockets.splice(0)) socket.destroy();
	});

	function open(role: "owner" | "attached", given: Partial<ControlChannelParts> = {}): ControlChannel {
		return new ControlChannel({
			socket: role === "owner" ? ownerSocket : attachedSocket,
			session,
			role,
			longest: 4 * 1024 * 1024,
			patience: 3,
			onMessage: () => undefined,
			onEnd: () => undefined,
			onCaughtUp: () => undefined,
			...given,
		});
	}

	it("carries what is said, both ways and in order", async () => {
		const heard: unknown[] = [];
		const done = Promise.withResolvers<void>();
		const owner = open("owner", { onMessage: (message) => owner.send({ echo: message }) });
		const attached = open("attached", {
			onMessage: (message) => {
				heard.push(message);
				if (heard.length === 50) done.resolve();
			},
		});
		for (let count = 0; count < 50; count += 1) attached.send({ count });
		await done.promise;
		assert.deepEqual(
			heard,
			Array.from({ length: 50 }, (_, count) => ({ echo: { count } })),
		);
	});

	it("leaves out what can wait while the other side does not read, and says when it has caught up", async () => {
		const caughtUp = Promise.withResolvers<void>();
		const owner = open("owner", { onCaughtUp: () => caughtUp.resolve() });
		let bytes = 0;
		const last = Promise.withResolvers<void>();
		const attached = open("attached", {
			onMessage: (message) => {
				const { text } = message as { text: string };
				bytes += text.length;
				if (text === "last") last.resolve();
			},
		});
		attachedSocket.pause();
		const text = "x".repeat(1024 * 1024);
		let sent = 0;
		for (let count = 0; count < 200; count += 1) if (owner.send({ text }, "canWait")) sent += 1;
		assert.ok(sent < 20, `${sent} MiB`);
		assert.ok(ownerSocket.writableLength < 4 * 1024 * 1024);
		attachedSocket.resume();
		await caughtUp.promise;
		assert.ok(owner.send({ text: "last" }, "canWait"));
		await last.promise;
		assert.equal(bytes, sent * text.length + 4);
		attached.destroy();
	});

	it("says its last word before it ends, also while the other side speaks", async () => {
		const heard: unknown[] = [];
		const ended = Promise.withResolvers<void>();
		const owner = open("owner");
		const attached = open("attached", { onMessage: (message) => heard.push(message), onEnd: () => ended.resolve() });
		for (let count = 0; count < 1000; count += 1) attached.send({ count });
		owner.send({ word: "last" });
		await Promise.all([owner.finish(), ended.promise]);
		assert.deepEqual(heard, [{ word: "last" }]);
	});

	it("does not end by being quiet", async () => {
		const ends: string[] = [];
		// Both ends are in one thread here: where it is held up, a beat or two may come before what was said is read.
		open("owner", { onEnd: () => ends.push("owner"), patience: 3 });
		open("attached", { onEnd: () => ends.push("attached"), patience: 3 });
		// Longer than the patience of both.
		await pause(5_500);
		assert.deepEqual(ends, []);
	});

	it("ends when the other side has not been heard for some beats", async () => {
		const ended = Promise.withResolvers<void>();
		const openedAt = performance.now();
		open("attached", { onEnd: () => ended.resolve(), patience: 1 });
		ownerSocket.resume();
		await ended.promise;
		assert.ok(performance.now() - openedAt > 1_500);
	});
});
