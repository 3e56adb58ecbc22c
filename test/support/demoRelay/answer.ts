import type { IncomingHttpHeaders } from "node:http";
import type { Steering } from "./turn.ts";

/** A request as a format of the demo relay sees it. */
export interface Inquiry {
	readonly method: string;
	/** Without the query. */
	readonly path: string;
	readonly query: URLSearchParams;
	readonly headers: IncomingHttpHeaders;
	readonly body: Buffer;
}

/** What a format answers with; nothing has been sent yet. */
export type Answer =
	| {
			readonly kind: "whole";
			readonly status: number;
			readonly contentType: string;
			readonly headers: Readonly<Record<string, string>>;
			readonly body: string;
			readonly steering: Steering;
	  }
	| {
			readonly kind: "stream";
			readonly contentType: string;
			readonly headers: Readonly<Record<string, string>>;
			/** Each one framed, ready to be written. */
			readonly events: readonly string[];
			/** What shows life between them. */
			readonly beat: string;
			readonly steering: Steering;
	  };

/** One of the four APIs, as a whole: authentication, routes and error shapes. */
export interface DemoFormat {
	readonly answer: (inquiry: Inquiry, acceptedKey: string, manner?: Manner) => Answer;
}

/** `strict`: refuses what the real API refuses. `lenient`: answers whatever it can make out. */
export type Manner = "strict" | "lenient";

/** A strict demo also has models of the makers' own names, since rules go by names. */
export function hasModel(model: string, listed: readonly string[], makers: RegExp, manner: Manner): boolean {
	return listed.includes(model) || (manner === "strict" && makers.test(model));
}

export const noSteering: Steering = {
	long: null,
	silentAfter: null,
	cutAfter: null,
	status: null,
	code: "",
	gzip: false,
	slow: 0,
	beats: false,
};

export function json(
	value: unknown,
	options: { status?: number; headers?: Record<string, string>; steering?: Steering } = {},
): Answer {
	return {
		kind: "whole",
		status: options.status ?? 200,
		contentType: "application/json",
		headers: options.headers ?? {},
		body: JSON.stringify(value),
		steering: options.steering ?? noSteering,
	};
}

export function eventStream(
	events: readonly string[],
	steering: Steering,
	headers: Readonly<Record<string, string>> = {},
	beat = ": keep-alive\n\n",
): Answer {
	return { kind: "stream", contentType: "text/event-stream; charset=utf-8", headers, events, beat, steering };
}

/** A JSON object's members, or null where the bytes hold no JSON object. */
export function readObject(body: Buffer): Readonly<Record<string, unknown>> | null {
	try {
		return objectOf(JSON.parse(body.toString("utf8")));
	} catch {
		return null;
	}
}

export function objectOf(value: unknown): Readonly<Record<string, unknown>> | null {
	return typeof value === "object" && value !== null && !Array.isArray(value)
		? (value as Record<string, unknown>)
		: null;
}

/** The objects of an array; other members are left out. */
export function objectsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
	return Array.isArray(value) ? value.map(objectOf).filter((member) => member !== null) : [];
}

export function textOf(value: unknown): string {
	return typeof value === "string" ? value : "";
}
