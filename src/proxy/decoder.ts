import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";

const makers: Readonly<Record<string, () => Transform>> = {
	gzip: createGunzip,
	"x-gzip": createGunzip,
	deflate: createInflate,
	br: createBrotliDecompress,
	zstd: createZstdDecompress,
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
	| { readonly kind: "known"; readonly make: () => Transform }
	/** Cannot be looked into; passes as it is. */
	| { readonly kind: "unknown" };

/** @param header `content-encoding`; empty where there is none. */
export function encodingOf(header: string): Encoding {
	const name = header.trim().toLowerCase();
	if (name === "" || name === "identity") return { kind: "none" };
	const make = Object.hasOwn(makers, name) ? makers[name] : undefined;
	return make ? { kind: "known", make } : { kind: "unknown" };
}

export function startDecoder(make: () => Transform, { onData, onEnd, onFull }: DecoderParts): Decoder {
	const stream = make();
	let isOver = false;
	let isAsked = false;
	const finish = (): void => {
		if (isOver) return;
		isOver = true;
		onFull(false);
		if (isAsked) onEnd();
	};
	stream.on("data", onData).on("drain", () => onFull(false));
	stream.on("end", finish).on("error", finish);
	return {
		push: (chunk) => {
			if (!isOver && !stream.write(chunk)) onFull(true);
		},
		end: () => {
			isAsked = true;
			if (isOver) queueMicrotask(onEnd);
			else stream.end();
		},
		stop: () => {
			isOver = true;
			stream.destroy();
		},
	};
}
