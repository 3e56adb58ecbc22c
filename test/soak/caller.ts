import { gunzipSync } from "node:zlib";
import { type Dispatcher, request } from "undici";
import type { Format } from "../../src/accounts/account.ts";
import { answer } from "../support/hostileRelay/behaviours.ts";
import { wireQuestion } from "../support/hostileRelay/question.ts";
import type { Asked } from "../support/hostileRelay/steps.ts";
import { clientHeaders } from "../support/wire.ts";
import type { Fate } from "./unsteady.ts";

/** The proxy remembers where each one is at home, thousands of them: so many that this is soon the same amount. */
const conversations = 500;

/** One request of the soak. */
export interface Errand {
	readonly id: number;
	readonly format: Format;
	readonly stream: boolean;
	/** Milliseconds after which the client goes away; null: it stays. */
	readonly leavesAfter: number | null;
}

/** How it went, in the client's eyes. */
export type Sight =
	/** The whole of the good answer. */
	| { readonly kind: "answered"; readonly attempts: number }
	/** Left before the end. */
	| { readonly kind: "left" }
	/** As it had to be expected after what a relay did. */
	| { readonly kind: "excused"; readonly fate: Fate }
	| { readonly kind: "wrong"; readonly what: string };

/** Whom to call. */
export interface Called {
	readonly origin: string;
	readonly localKey: string;
	readonly dispatcher: Dispatcher;
}

/** The mark by which a relay knows a request again. */
export function idOf({ request: { body } }: Asked): number {
	return Number(/errand (\d+)/.exec(body.toString())?.[1] ?? Number.NaN);
}

/** Sends a request and looks closely at what comes back. @param fate the worst that a relay did to it by then. */
export async function run(errand: Errand, called: Called, fate: () => Fate): Promise<Sight> {
	const { id, format, stream, leavesAfter } = errand;
	const question = wireQuestion({ format, stream, text: `errand ${id}` });
	const leaving = new AbortController();
	const timer = leavesAfter === null ? undefined : setTimeout(() => leaving.abort(), leavesAfter);
	try {
		const reply = await request(called.origin + question.path, {
			method: "POST",
			headers: clientHeaders(called.localKey, { "session-id": `conversation ${id % conversations}` }),
			body: question.body,
			dispatcher: called.dispatcher,
			signal: leaving.signal,
		});
		const { bytes, isCut } = await readAll(reply);
		if (leaving.signal.aborted) return { kind: "left" };
		const text = textOf(reply, bytes);
		if (!isCut && reply.statusCode === 200 && isGood(text, errand, question)) {
			return { kind: "answered", attempts: Number(reply.headers["x-relay-attempts"]) };
		}
		return excuse(errand, reply, text, isCut, fate());
	} catch (error) {
		if (leaving.signal.aborted) return { kind: "left" };
		return { kind: "wrong", what: `${describe(errand)} had no reply: ${error}` };
	} finally {
		clearTimeout(timer);
	}
}

async function readAll({ body }: Dispatcher.ResponseData): Promise<{ bytes: Buffer; isCut: boolean }> {
	const chunks: Buffer[] = [];
	try {
		for await (const chunk of body) chunks.push(chunk);
		return { bytes: Buffer.concat(chunks), isCut: false };
	} catch {
		return { bytes: Buffer.concat(chunks), isCut: true };
	}
}

function textOf({ headers }: Dispatcher.ResponseData, bytes: Buffer): string {
	if (headers["content-encoding"] !== "gzip") return bytes.toString();
	try {
		return gunzipSync(bytes).toString();
	} catch {
		return "";
	}
}

/** Byte for byte what a relay says to this request; the last empty line may be missing. */
function isGood(text: string, { format, stream }: Errand, { path, body }: { path: string; body: string }): boolean {
	const key = "k";
	const asked: Asked = {
		format,
		streamed: stream,
		model: `demo-${format}-large`,
		key,
		request: {
			method: "POST",
			url: path,
			rawHeaders: [],
			headers: {
				authorization: `Bearer ${key}`,
				"x-api-key": key,
				"x-goog-api-key": key,
				"anthropic-version": "2023-06-01",
			},
			body: Buffer.from(body),
			aborted: Promise.resolve(false),
		},
	};
	const said = answer(asked).map((step) => (step.do === "write" ? step.bytes : ""));
	return said.join("").trimEnd() === text.trimEnd();
}

/** A failure that the client had to see has a shape too. */
function excuse(errand: Errand, reply: Dispatcher.ResponseData, text: string, isCut: boolean, fate: Fate): Sight {
	const { statusCode } = reply;
	if (fate === "passedOn" && statusCode === 400 && !isCut && JSON.parse(text).error) return { kind: "excused", fate };
	const isTold = isCut || /^data: .*"error"/m.test(text);
	if (fate === "broken" && statusCode === 200 && errand.stream && isTold) return { kind: "excused", fate };
	const account = `${reply.headers["x-relay-account"]}, attempts ${reply.headers["x-relay-attempts"]}`;
	const what = `${statusCode} by ${account}${isCut ? ", cut" : ""}, fate ${fate}: ${text.slice(0, 300)}`;
	return { kind: "wrong", what: `${describe(errand)} got ${what}` };
}

function describe({ id, format, stream }: Errand): string {
	return `Errand ${id} (${format}${stream ? ", streamed" : ""})`;
}
