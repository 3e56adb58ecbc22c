// The upstream: a process that answers as the model of a request orders (see wire/models.ts), streams in each of the four
// formats by the path, all else as OpenAI does; on raw sockets, so that it outruns whatever stands before it. Asked over its
// channel what became of its streams.
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { crc32 } from "node:zlib";
import type { Format } from "../src/accounts/account.ts";
import { answerQuestions } from "./processes/questions.ts";
import { monotonicMicroseconds } from "./wire/clock.ts";
import { MessageReader } from "./wire/messageReader.ts";
import { type Ordered, readModel } from "./wire/models.ts";
import { PacedStreams } from "./wire/pacedStreams.ts";
import { readPath } from "./wire/paths.ts";
import { chunked, closing, flatBlockChunked, jsonReply, lastChunk, opening, uploadReply } from "./wire/replies.ts";
import { streams } from "./wire/streams/streams.ts";
import type { UpstreamAnswer, UpstreamQuestion } from "./wire/upstreamQuestions.ts";

/** Milliseconds between the first word of a short stream and the rest. */
const later = 3;
/** Bytes of a body in which its model stands. */
const modelWithin = 2048;

const streamHead =
	"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\nx-request-id: bench\r\ntransfer-encoding: chunked\r\n\r\n";

const paced = new PacedStreams();
/** Sockets that carry a stream without end, or wait for one, by its id. */
const open = new Map<number, Socket>();
/** When these were closed, microseconds. */
const closed = new Map<number, number>();
const whole = new Map<string, Buffer>();
const blocks = new Map<string, Buffer>();

function made<T>(map: Map<string, T>, key: string, make: () => T): T {
	const found = map.get(key) ?? make();
	map.set(key, found);
	return found;
}

function wholeReply(json: string): Buffer {
	const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-request-id: bench\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n`;
	return Buffer.from(head + json);
}

/** As fast as the socket takes them; 0 blocks: without end. */
function sendBlocks(socket: Socket, model: string, count: number): void {
	const block = made(blocks, model, () => flatBlockChunked(model));
	let left = count === 0 ? Number.POSITIVE_INFINITY : count;
	socket.write(streamHead + chunked(opening(model)));
	const go = () => {
		while (left > 0 && !socket.destroyed) {
			left -= 1;
			if (!socket.write(block)) {
				socket.once("drain", go);
				return;
			}
		}
		if (!socket.destroyed) socket.write(chunked(closing(model)) + lastChunk);
	};
	go();
}

function remember(id: number, socket: Socket): void {
	open.set(id, socket);
	socket.once("close", () => {
		closed.set(id, monotonicMicroseconds());
		open.delete(id);
	});
}

/** A request as far as the reply depends on it. */
interface Received {
	readonly format: Format;
	readonly model: string;
	/** Of its body. */
	readonly bytes: number;
	readonly checksum: number;
}

function reply(socket: Socket, { format, model, bytes, checksum }: Received, { id, order }: Ordered): void {
	const stream = streams[format];
	switch (order.kind) {
		case "json":
			socket.write(made(whole, model, () => wholeReply(jsonReply(model))));
			return;
		case "first":
			socket.write(streamHead + chunked(stream.opening(model)));
			setTimeout(() => socket.write(chunked(stream.closing(model, [])) + lastChunk), later);
			return;
		case "paced":
			if (order.count === 0) remember(id, socket);
			socket.write(streamHead + chunked(stream.opening(model)));
			paced.add(socket, format, model, id, order);
			return;
		case "flat":
			if (order.blocks === 0) remember(id, socket);
			sendBlocks(socket, model, order.blocks);
			return;
		case "upload":
			socket.write(wholeReply(uploadReply(model, bytes, checksum)));
			return;
		case "silent":
			remember(id, socket);
	}
}

function serve(socket: Socket): void {
	let path = "";
	let beginning = "";
	let bytes = 0;
	let checksum = 0;
	const reader = new MessageReader("requests", {
		onHead: (startLine) => {
			path = startLine.split(" ")[1] ?? "";
			beginning = "";
			bytes = 0;
			checksum = 0;
		},
		onBody: (buffer, start, end) => {
			if (bytes < modelWithin) beginning += buffer.toString("latin1", start, Math.min(end, start + modelWithin));
			bytes += end - start;
			checksum = crc32(buffer.subarray(start, end), checksum);
		},
		onEnd: () => {
			const asked = readPath(path);
			const model = asked.model ?? /"model":"([^"]*)"/.exec(beginning)?.[1] ?? "";
			const ordered = readModel(model);
			if (ordered !== null) reply(socket, { format: asked.format, model, bytes, checksum }, ordered);
			else socket.end("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
		},
	});
	socket.on("data", (buffer) => reader.feed(buffer));
	socket.on("error", () => {});
}

async function answer(asked: unknown): Promise<UpstreamAnswer> {
	const question = asked as UpstreamQuestion;
	const socket = open.get(question.id);
	return {
		isOpen: socket !== undefined,
		closedAt: closed.get(question.id) ?? null,
		bytesTaken: socket === undefined ? 0 : socket.bytesWritten - socket.writableLength,
	};
}

const server = createServer({ noDelay: true }, serve).listen(0, "127.0.0.1", 4096);
await once(server, "listening");
answerQuestions(answer, (server.address() as AddressInfo).port);
