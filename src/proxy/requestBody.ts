import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, zstdDecompress } from "node:zlib";
import type { Problem } from "../formats/problem.ts";

export type BodyResult =
	| { readonly kind: "body"; readonly bytes: Buffer }
	| { readonly kind: "refused"; readonly problem: Problem }
	/** The client went away before it had sent the whole body. */
	| { readonly kind: "gone" };

/** How long a client may go on sending a body that was refused, so that it reads the answer. In milliseconds. */
const refusedUpload = 5_000;

/**
 * Reads a request's body whole, once; the bytes are kept for a second attempt.
 * @param limit bytes.
 */
export function readBody(request: IncomingMessage, limit: number): Promise<BodyResult> {
	const announced = Number(request.headers["content-length"] ?? Number.NaN);
	if (announced > limit) return Promise.resolve(tooLarge(limit));
	return new Promise((resolve) => {
		const body = new BodyBytes(announced);
		const settle = (result: BodyResult) => {
			request.off("data", onData).off("end", onEnd).off("close", onGone).off("error", onGone);
			resolve(result);
		};
		const onData = (chunk: Buffer) => {
			body.push(chunk);
			if (body.length > limit) settle(tooLarge(limit));
		};
		const onEnd = () => settle({ kind: "body", bytes: body.whole() });
		const onGone = () => settle({ kind: "gone" });
		request.on("data", onData).on("end", onEnd).on("close", onGone).on("error", onGone);
	});
}

/**
 * Puts a body together. Where its length is known, each chunk is copied to its place as it comes and let go: joining a long
 * prompt's hundred chunks at the end costs the garbage collector as much as the copy.
 */
class BodyBytes {
	length = 0;
	readonly #announced: number;
	readonly #chunks: Buffer[] = [];
	#place: Buffer | null = null;

	/** @param announced bytes; not a number where the client does not say. */
	constructor(announced: number) {
		this.#announced = announced;
	}

	push(chunk: Buffer): void {
		const at = this.length;
		this.length += chunk.length;
		if (at === 0 && this.length < this.#announced) this.#place = Buffer.allocUnsafeSlow(this.#announced);
		if (this.#place === null) this.#chunks.push(chunk);
		else chunk.copy(this.#place, at);
	}

	/** All of it: Node's parser has seen to it that as much came as was announced. */
	whole(): Buffer {
		if (this.#place !== null) return this.#place;
		const [first] = this.#chunks;
		return this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks, this.length);
	}
}

function tooLarge(limit: number): BodyResult {
	const message = `The body is larger than ${Math.round(limit / 1024 / 1024)} MiB, the limit of the VS Code setting relayAccounts.bodyLimit.`;
	return { kind: "refused", problem: { kind: "tooLarge", message } };
}

/**
 * Bounds how long a client goes on sending a body that has been refused. Closing at once would reset the connection, and
 * many clients would then report that in place of the answer.
 */
export function endAfterUpload(request: IncomingMessage, response: ServerResponse): void {
	if (request.complete) return;
	response.once("finish", () => {
		if (request.complete) return;
		const timer = setTimeout(() => request.destroy(), refusedUpload);
		request.once("close", () => clearTimeout(timer));
	});
	request.resume();
}

const decoders: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
	gzip: promisify(gunzip),
	"x-gzip": promisify(gunzip),
	deflate: promisify(inflate),
	br: promisify(brotliDecompress),
	zstd: promisify(zstdDecompress),
};

/**
 * The bytes in which the model is looked for; what is sent on stays compressed.
 * @param encoding the request's `content-encoding`.
 * @param limit bytes, after decoding too.
 */
export async function decodedBody(bytes: Buffer, encoding: string | undefined, limit: number): Promise<BodyResult> {
	const name = (encoding ?? "identity").toLowerCase();
	if (name === "identity") return { kind: "body", bytes };
	const decode = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
	if (!decode) {
		const message = `The body's content-encoding “${encoding}” is not known here; use gzip, deflate, br, zstd or none.`;
		return { kind: "refused", problem: { kind: "notJson", message } };
	}
	try {
		return { kind: "body", bytes: await decode(bytes, { maxOutputLength: limit }) };
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return tooLarge(limit);
		const message = `The body is not what its content-encoding “${encoding}” says.`;
		return { kind: "refused", problem: { kind: "badRequest", message } };
	}
}
