import type { ServerResponse } from "node:http";
import { type Answer, json, noSteering, textOf } from "../demoRelay/answer.ts";
import { scriptOf } from "../demoRelay/script.ts";
import { send } from "../demoRelay/send.ts";
import { perform } from "../hostileRelay/steps.ts";
import type { RecordedRequest } from "../recordedRequest.ts";
import { startUpstream, type Upstream } from "../upstream.ts";
import { admit } from "./admission.ts";
import type { AuthServer } from "./authServer.ts";
import { type BackendFate, errorEvent, type Play, writes } from "./backendFate.ts";
import { catalogueFor } from "./backendModels.ts";
import { type Author, compacted, refusalOf, replyTo } from "./backendReply.ts";
import type { AuthReply } from "./exchangeFate.ts";
import { type BackendCall, Journal, type NotedCall } from "./journal.ts";
import { keyOf, type Person } from "./people.ts";
import {
	bucketOf,
	charge,
	freshQuota,
	limitBody,
	type PlanQuota,
	quotaEvent,
	quotaHeaders,
	rollOver,
	usageBody,
	usedUp,
} from "./planQuota.ts";
import { TurnStates } from "./turnStates.ts";

export const backendPath = "/backend-api";

/** Where the backend answers, below its base path. */
export type Place = "/codex/responses" | "/codex/responses/compact" | "/codex/models" | "/wham/usage";

export interface BackendOptions {
	readonly auth: AuthServer;
	/** 0, the default, picks a free one. */
	readonly port?: number;
	/** What a model says; as the demo relay by default, steered by the same words. */
	readonly author?: Author;
	/** What must never come here, beside the auth server's refresh tokens: local keys. */
	readonly secrets?: readonly string[];
}

/** Whose next request a fate is for, and where. */
export interface FateOf {
	/** Whoever comes first, where nobody is named. */
	readonly person?: Person;
	/** `/codex/responses` by default. */
	readonly place?: Place;
}

interface Guest {
	readonly call: NotedCall;
	readonly person: Person;
	readonly quota: PlanQuota;
	readonly query: URLSearchParams;
}

/** A stand-in for the backend of ChatGPT's Codex that refuses what it refuses. Its members can be changed for what comes next. */
export class ChatGptBackend {
	/** `http://127.0.0.1:port/backend-api`. */
	readonly baseUrl: string;
	readonly origin: string;
	/** How much of the shorter window one reply takes, in percent. */
	cost = 1;
	/** Whether replies tell of the plan in their headers, and streams in an event of their own. */
	tellsQuota: { headers: boolean; events: boolean } = { headers: true, events: false };
	author: Author;
	readonly #auth: AuthServer;
	readonly #upstream: Upstream;
	readonly #turnStates = new TurnStates();
	readonly #journal: Journal;
	readonly #quotas = new Map<string, PlanQuota>();
	readonly #fates: (FateOf & { readonly fate: BackendFate })[] = [];

	constructor(upstream: Upstream, { auth, author, secrets }: BackendOptions) {
		this.#upstream = upstream;
		this.#auth = auth;
		this.origin = upstream.origin;
		this.baseUrl = upstream.origin + backendPath;
		this.author = author ?? ((turn) => scriptOf(turn));
		this.#journal = new Journal(auth.logins, this.#turnStates, secrets ?? []);
	}

	/** In the order in which their bodies were complete. */
	get calls(): readonly BackendCall[] {
		return this.#journal.calls;
	}

	/** What no honest client would do, in words; a test that ends well leaves none. */
	get violations(): readonly string[] {
		return this.#journal.violations;
	}

	callsAt(place: Place, somebody?: Person): readonly BackendCall[] {
		return this.calls.filter(
			({ path, person }) =>
				path === place && (somebody === undefined || (person !== null && keyOf(person) === keyOf(somebody))),
		);
	}

	/** Each call once, in order; waits for one that is still to come. */
	nextCall(): Promise<BackendCall> {
		return this.#journal.nextCall();
	}

	/** Forgets calls and violations so far, for a backend that serves several tests. */
	forget(): void {
		this.#journal.forget();
	}

	/** What must never come here: the local key of a proxy that has just started. */
	keepOut(...secrets: readonly string[]): void {
		this.#journal.secrets.push(...secrets);
	}

	/** What becomes of the next such request; of several fates each meets one. */
	next(fate: BackendFate, of: FateOf = {}): void {
		this.#fates.push({ ...of, fate });
	}

	/** What is left of somebody's plan; to be changed at will. */
	quotaOf(somebody: Person): PlanQuota {
		const known = this.#quotas.get(keyOf(somebody));
		if (known !== undefined) return known;
		const fresh = freshQuota(somebody, this.#auth.now());
		this.#quotas.set(keyOf(somebody), fresh);
		return fresh;
	}

	/** Ends every connection at once. */
	close(): Promise<void> {
		return this.#upstream.close();
	}

	async serve(request: RecordedRequest, response: ServerResponse): Promise<void> {
		const { pathname, searchParams: query } = new URL(request.url, this.origin);
		const path = pathname.startsWith(backendPath) ? pathname.slice(backendPath.length) : pathname;
		const admission = await admit(request, this.#auth);
		const call = this.#journal.note(request, path, admission, this.#auth.now());
		const fate = this.#take(path, admission.person);
		if (fate?.kind === "replied") return this.#say(response, call, wholeOf(fate.reply), null);
		if (fate?.kind === "reset") {
			response.socket?.resetAndDestroy();
			return;
		}
		if (fate?.kind === "held") await fate.until;
		if (admission.kind === "out") return this.#say(response, call, wholeOf(admission.reply), null);
		const { person, login } = admission;
		const quota = this.quotaOf(person);
		rollOver(quota, this.#auth.now());
		const answer = this.#answer({ call, person, quota, query });
		if (fate?.kind === "revoked" && answer.kind === "stream") {
			this.#auth.logins.revoke(login.id);
			const play: Play = (events) => [
				...writes([...events.slice(0, fate.after), errorEvent("token_invalidated")]),
				{ do: "end" },
			];
			return this.#say(response, call, answer, play);
		}
		return this.#say(response, call, answer, fate?.kind === "played" ? fate.play : null);
	}

	#take(path: string, person: Person | null): BackendFate | null {
		const place = this.#fates.findIndex(
			(one) =>
				(one.place ?? "/codex/responses") === path &&
				(one.person === undefined || (person !== null && keyOf(one.person) === keyOf(person))),
		);
		return place < 0 ? null : (this.#fates.splice(place, 1)[0]?.fate ?? null);
	}

	#answer(guest: Guest): Answer {
		const { call, person, quota, query } = guest;
		switch (`${call.request.method} ${call.path}`) {
			case "POST /codex/responses":
			case "POST /codex/responses/compact":
				return this.#reply(guest);
			case "GET /codex/models":
				return query.has("client_version")
					? json(catalogueFor(person), { headers: { etag: `"models-of-${person.plan}"` } })
					: json({ detail: "Missing required parameter: client_version" }, { status: 400 });
			case "GET /wham/usage":
				return json(usageBody(quota, person, this.#auth.now()));
			default:
				return json({ detail: "Not Found" }, { status: 404 });
		}
	}

	#reply({ call, person, quota, query }: Guest): Answer {
		const { body, request, path } = call;
		if (body === null) return json({ detail: "The body is not a JSON object." }, { status: 400 });
		const model = textOf(body["model"]);
		const inquiry = { ...request, path, query };
		if (path.endsWith("/compact")) return compacted(inquiry, body, model, person);
		const refused = refusalOf(body, model, person);
		if (refused !== null) return refused;
		const bucket = bucketOf(quota, model);
		const full = usedUp(quota, bucket);
		const now = this.#auth.now();
		if (full !== null) {
			const headers = { ...this.#quotaHeaders(quota, model, person), ...reachedHeader };
			return json(limitBody(full, person.plan, now), { status: 429, headers });
		}
		charge(quota, bucket, this.cost);
		const isBegun = request.headers["x-codex-turn-state"] !== undefined;
		return replyTo(inquiry, body, model, {
			somebody: person,
			author: this.author,
			headers: {
				...this.#quotaHeaders(quota, model, person),
				...(!isBegun && { "x-codex-turn-state": this.#turnStates.give(person) }),
			},
			extra: this.tellsQuota.events ? [quotaEvent(quota, bucket, person.plan)] : [],
		});
	}

	#quotaHeaders(quota: PlanQuota, model: string, { plan }: Person): Record<string, string> {
		return this.tellsQuota.headers ? { ...quotaHeaders(quota, bucketOf(quota, model), plan) } : {};
	}

	async #say(response: ServerResponse, call: NotedCall, answer: Answer, play: Play | null): Promise<void> {
		call.status = answer.kind === "whole" ? answer.status : 200;
		call.answer = answer.kind === "whole" ? answer.body : answer.events.join("");
		if (answer.kind === "whole" || play === null) return send(response, answer, 0);
		const headers = { "content-type": answer.contentType, ...answer.headers };
		await perform(response, [{ do: "head", status: 200, headers }, ...play(answer.events)], () => {});
	}
}

const reachedHeader = { "x-codex-rate-limit-reached-type": "rate_limit_reached" };

function wholeOf({ status, headers, body }: AuthReply): Answer {
	const { "content-type": contentType = "text/plain", ...others } = headers;
	return { kind: "whole", status, contentType, headers: others, body, steering: noSteering };
}

export async function startBackend(options: BackendOptions): Promise<ChatGptBackend> {
	const upstream = await startUpstream((request, response) => backend.serve(request, response), options.port);
	const backend = new ChatGptBackend(upstream, options);
	return backend;
}
