import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from "node:zlib";

/** RFC 1950 section 2.2: the method in the first byte of what is no bare deflate. */
const zlibMethod = 8;

/** @param first the reply's first bytes. */
type Maker = (first: Buffer) => Transform;

const makers: Readonly<Record<string, Maker>> = {
	gzip: () => createGunzip(),
	"x-gzip": () => createGunzip(),
	// Some servers leave out the frame that RFC 9110 section 8.4.1.2 asks for, and clients read that too.
	deflate: ([first = 0]) => ((first & 0x0f) === zlibMethod ? createInflate() : createInflateRaw()),
	br: () => createBrotliDecompress(),
	zstd: () => createZstdDecompress(),
};

export interface DecoderParts {
	readonly onData: (chunk: Buffer) => void;
	/** Once the source has ended and its last byte is read, or cannot be read. */
	readonly onEnd: () => void;
	/** It is full, or has room again: the source is to wait meanwhile. */
	readonly onFull: (isFull: boolean) => void;
}

/** Reads a compressed reply beside its way to the client. */
export interface Decoder {
	push(chunk: Buffer): void;
	end(): void;
	stop(): void;
}

export type Encoding =
	| { readonly kind: "none" }
	| { readonly kind: "known"; readonly make: Maker }
	/** Cannot be looked into; passes as it is. */
	| { readonly kind: "unknown" };

/** @param header `content-encoding`; empty where there is none. */
export function encodingOf(header: string): Encoding {
	const name = header.trim().toLowerCase();
	if (name === "" || name === "identity") return { kind: "none" };
	const make = Object.hasOwn(makers, name) ? makers[name] : undefined;
	return make ? { kind: "known", make } : { kind: "unknown" };
}

export function startDecoder(make: Maker, { onData, onEnd, onFull }: DecoderParts): Decoder {
	let stream: Transform | null = null;
	let isOver = false;
	let isAsked = false;
	const finish = (): void => {
		if (isOver) return;
		isOver = true;
		onFull(false);
		if (isAsked) onEnd();
	};
	const start = (first: Buffer): Transform => {
		const made = make(first);
		made.on("data", onData).on("drain", () => onFull(false));
		made.on("end", finish).on("error", finish);
		stream = made;
		return made;
	};
	return {
		push: (chunk) => {
			if (!isOver && !(stream ?? start(chunk)).write(chunk)) onFull(true);
		},
		end: () => {
			isAsked = true;
			if (isOver || stream === null) queueMicrotask(onEnd);
			else stream.end();
		},
		stop: () => {
			isOver = true;
			stream?.destroy();
		},
	};
}
