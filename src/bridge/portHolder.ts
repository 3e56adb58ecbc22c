import { connect } from "node:net";
import { askOwner, readOwnerAnswer, windowProofHeader } from "./windowProof.ts";

/** How long whoever holds the port may take to say who it is. Milliseconds. */
const answerTime = 5_000;
/** Bytes of a whole answer, headers included; ours has a few hundred. */
const answerLimit = 16 * 1024;

/** Who has the port. */
export type Holder =
	| { readonly kind: "nobody" }
	/** A window of ours, and its local key. */
	| { readonly kind: "window"; readonly localKey: string }
	| { readonly kind: "program" }
	/** Somebody, who does not answer. */
	| { readonly kind: "silent" }
	/** Somebody who has hung up at once, as one does who is just letting go. */
	| { readonly kind: "gone" };

/**
 * Asks whoever has the port who it is. By a plain socket: VS Code patches `http` on the main thread and may send the
 * question through a proxy. Never rejects.
 */
export function askHolder(controlToken: string, port: number): Promise<Holder> {
	const question = askOwner(controlToken, port);
	const { promise, resolve } = Promise.withResolvers<Holder>();
	const socket = connect({ host: "127.0.0.1", port });
	const clock = setTimeout(() => settle({ kind: "silent" }), answerTime);
	const settle = (holder: Holder) => {
		clearTimeout(clock);
		socket.destroy();
		resolve(holder);
	};
	let heard = "";
	const judge = (atEnd: boolean): void => {
		const body = bodyOf(heard, atEnd);
		if (body === null && !atEnd && heard.length <= answerLimit) return;
		const localKey = body === null ? null : readOwnerAnswer(controlToken, port, question.nonce, jsonIn(body));
		if (localKey !== null) settle({ kind: "window", localKey });
		else settle(heard === "" ? { kind: "gone" } : { kind: "program" });
	};
	socket.setEncoding("latin1");
	socket.on("connect", () => {
		socket.write(
			`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${windowProofHeader}: ${question.header}\r\nConnection: close\r\n\r\n`,
		);
	});
	socket.on("data", (text: string) => {
		heard += text;
		judge(false);
	});
	socket.on("end", () => judge(true));
	socket.on("error", (error: NodeJS.ErrnoException) => {
		if (error.code === "ECONNREFUSED") settle({ kind: "nobody" });
		else if (error.code === "ECONNRESET" || error.code === "EPIPE") judge(true);
		else settle({ kind: "silent" });
	});
	return promise;
}

/** The body of an HTTP reply, once it is whole; an empty one where this is no HTTP at all. */
function bodyOf(heard: string, atEnd: boolean): string | null {
	const start = "HTTP/1.";
	if (!heard.startsWith(start.slice(0, heard.length))) return "";
	const headEnd = heard.indexOf("\r\n\r\n");
	if (headEnd < 0) return null;
	const length = /\r\ncontent-length: *(\d{1,9})\r\n/i.exec(heard.slice(0, headEnd + 2))?.[1];
	const body = heard.slice(headEnd + 4);
	return atEnd || (length !== undefined && body.length >= Number(length)) ? body : null;
}

function jsonIn(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		// Another program's answer need not be JSON.
		return null;
	}
}
