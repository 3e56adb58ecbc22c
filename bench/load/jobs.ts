import type { Format } from "../../src/accounts/account.ts";
import type { Order } from "../wire/models.ts";

/** How requests reach the upstream: through a target, or directly. */
export interface Via {
	readonly port: number;
	readonly headers: Readonly<Record<string, string>>;
	/** The target's processes, for CPU time and memory; empty where there is no target. */
	readonly pids: readonly number[];
	/** Absent: a client of OpenAI on an account of OpenAI, whose replies are handed on byte for byte. */
	readonly way?: Way;
}

/** A client of one format on an account of any. Streams are checked by what they say, for they may be written anew. */
export interface Way {
	readonly client: Format;
	/** Before the model's name: chooses the account. */
	readonly prefix: string;
}

/** Requests on a few connections for a while. */
interface RepeatedJob {
	readonly via: Via;
	readonly connections: number;
	/** Requests a second on all of them together, evenly; null: on each the next follows the one before at once. */
	readonly rate: number | null;
	/** Milliseconds, not counted and counted. */
	readonly warmUp: number;
	readonly duration: number;
}

export interface SmallJob extends RepeatedJob {
	readonly kind: "small";
}

export interface UploadJob extends RepeatedJob {
	readonly kind: "upload";
	/** Of each request's body. */
	readonly bytes: number;
}

export interface RepeatedResult {
	readonly requests: number;
	/** Replies that broke off or were not what the upstream sends. */
	readonly bad: number;
	readonly seconds: number;
	/** Milliseconds of the target's CPU time; null where it cannot be read. */
	readonly cpu: number | null;
	/** Milliseconds from the request to the end of its reply. */
	readonly p50: number;
	readonly p99: number;
}

/** Short streams one after another on one connection. */
export interface FirstByteJob {
	readonly kind: "firstByte";
	readonly via: Via;
	readonly warmUp: number;
	readonly count: number;
}

export interface FirstByteResult {
	readonly bad: number;
	/** Milliseconds from the request to the first byte of the reply's body. */
	readonly p50: number;
	readonly p99: number;
}

/** The same, with the wait for the first word instead. */
export interface FirstEventJob {
	readonly kind: "firstEvent";
	readonly via: Via;
	readonly warmUp: number;
	readonly count: number;
}

export interface FirstEventResult {
	readonly bad: number;
	/** Milliseconds from the request to the first word of the reply. */
	readonly p50: number;
	readonly p99: number;
}

/** Streams at an even pace, all at once. */
export interface PacedJob {
	readonly kind: "paced";
	readonly via: Via;
	readonly streams: number;
	/** Milliseconds between the events of a stream. */
	readonly interval: number;
	/** Events of each stream. */
	readonly count: number;
	/** Milliseconds over which the streams begin. */
	readonly openOver: number;
}

export interface PacedResult {
	/** Streams of which every event came, in order, and the end. */
	readonly complete: number;
	readonly bad: number;
	readonly events: number;
	readonly cpu: number | null;
	/** Milliseconds from an event's sending to its arrival. */
	readonly p50: number;
	readonly p95: number;
	readonly p99: number;
	/** KiB: before the first stream, and at most while they ran; null where it cannot be read. */
	readonly memoryBefore: number | null;
	readonly memoryPeak: number | null;
}

/** Streams as fast as they come, all at once. */
export interface FlatJob {
	readonly kind: "flat";
	readonly via: Via;
	readonly streams: number;
	readonly blocks: number;
}

export interface FlatResult {
	readonly bad: number;
	readonly events: number;
	readonly seconds: number;
	readonly cpu: number | null;
}

/** Sends one request and keeps it, until it is told to leave. */
export interface HoldJob {
	readonly kind: "hold";
	readonly via: Via;
	readonly id: number;
	readonly order: Order;
	/** `sent`: answered once the request has been sent; `words`: once some of its reply has come. */
	readonly until: "sent" | "words";
	/** Whether it goes on reading then. */
	readonly thenReads: boolean;
}

/** Closes the connection of a request that is held. */
export interface LeaveJob {
	readonly kind: "leave";
	readonly id: number;
}

export interface LeaveResult {
	/** Microseconds of the monotonic clock. */
	readonly leftAt: number;
}

export interface LoadResults {
	readonly small: RepeatedResult;
	readonly upload: RepeatedResult;
	readonly firstByte: FirstByteResult;
	readonly firstEvent: FirstEventResult;
	readonly paced: PacedResult;
	readonly flat: FlatResult;
	readonly hold: null;
	readonly leave: LeaveResult;
}

export type LoadJob = SmallJob | UploadJob | FirstByteJob | FirstEventJob | PacedJob | FlatJob | HoldJob | LeaveJob;
