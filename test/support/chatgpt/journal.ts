import { readObject } from "../demoRelay/answer.ts";
import type { RecordedRequest } from "../recordedRequest.ts";
import type { Admission } from "./admission.ts";
import type { Body } from "./backendReply.ts";
import type { AuthLogin, LoginBook } from "./loginBook.ts";
import { keyOf, type Person } from "./people.ts";
import type { TurnStates } from "./turnStates.ts";
import { tracesOf, violationsOf } from "./violations.ts";

/** One request and who sent it. */
export interface BackendCall {
	/** Milliseconds since 1970. */
	readonly at: number;
	/** Without the base path and the query. */
	readonly path: string;
	readonly request: RecordedRequest;
	/** Whose token it had; null where it had none of the auth server. */
	readonly person: Person | null;
	readonly login: AuthLogin | null;
	/** Milliseconds since its login was given tokens. */
	readonly sinceExchange: number | null;
	/** Null where the body is no JSON object. */
	readonly body: Body | null;
	/** By what the backend could know a conversation or a client again: place and value. */
	readonly traces: ReadonlyMap<string, string>;
	/** Null: the connection was reset, or nothing has been said yet. */
	readonly status: number | null;
	/** What was said, or would have been said had it gone well: a whole body, or a stream's events. */
	readonly answer: string;
}

export type NotedCall = { -readonly [Member in keyof BackendCall]: BackendCall[Member] };

/** What has come to the backend, and what of it should not have come. */
export class Journal {
	readonly calls: BackendCall[] = [];
	readonly violations: string[] = [];
	/** What must never come here. */
	readonly secrets: string[];
	readonly #logins: LoginBook;
	readonly #turnStates: TurnStates;
	readonly #callers: ((call: BackendCall) => void)[] = [];
	/** Who has shown a trace first. */
	readonly #owners = new Map<string, string>();
	#handedOut = 0;

	constructor(logins: LoginBook, turnStates: TurnStates, secrets: readonly string[]) {
		this.#logins = logins;
		this.#turnStates = turnStates;
		this.secrets = [...secrets];
	}

	note(request: RecordedRequest, path: string, { person, login }: Admission, now: number): NotedCall {
		const call: NotedCall = {
			at: now,
			path,
			request,
			person,
			login,
			sinceExchange: login === null ? null : now - login.renewedAt,
			body: readObject(request.body),
			traces: tracesOf(request),
			status: null,
			answer: "",
		};
		this.violations.push(...violationsOf(request, this.#logins, this.secrets), ...this.#links(call));
		this.calls.push(call);
		this.#callers.shift()?.(call);
		return call;
	}

	/** Each call once, in order; waits for one that is still to come. */
	nextCall(): Promise<BackendCall> {
		const call = this.calls[this.#handedOut];
		this.#handedOut += 1;
		if (call !== undefined) return Promise.resolve(call);
		return new Promise((resolve) => this.#callers.push(resolve));
	}

	/** Forgets the calls so far, for a backend that serves several tests; what was shown stays known. */
	forget(): void {
		this.calls.length = 0;
		this.violations.length = 0;
		this.#handedOut = 0;
	}

	/** By what two people could be known for one. */
	#links({ path, person, traces, request }: BackendCall): readonly string[] {
		if (person === null) return [];
		const foreign = [...traces].filter(([, value]) => {
			const owner = this.#owners.get(value) ?? keyOf(person);
			this.#owners.set(value, owner);
			return owner !== keyOf(person);
		});
		const state = request.headers["x-codex-turn-state"];
		const isForeign = state !== undefined && !this.#turnStates.isOf(state, person);
		return [
			...foreign.map(([place]) => `${request.method} ${path}: ${place} is that of another account`),
			...(isForeign ? [`${request.method} ${path}: the turn state was not given to this account`] : []),
		];
	}
}
