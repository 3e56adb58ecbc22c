import { randomUUID } from "node:crypto";
import type { Format } from "../accounts/account.ts";
import type { Problem } from "../formats/problem.ts";
import type { AccountPool, Choice, Lease, PoolRequest } from "../pool/accountPool.ts";
import { blamesToken, type Failure } from "../pool/cooldown.ts";
import { type Taker, takerOf } from "../pool/groups.ts";
import { answerHeld, answerJson, answerProblem } from "./answer.ts";
import { type AttemptParts, attempt, type Tried, uncalledOf } from "./attempt.ts";
import type { AttemptEnd, HeldReply } from "./attemptEnd.ts";
import { ClientSide } from "./clientSide.ts";
import { estimateReply } from "./estimateReply.ts";
import type { Exchange } from "./exchange.ts";
import { Leaving } from "./leaving.ts";
import { nobodyProblem, type Refused, unaskedProblem } from "./nobody.ts";
import { operationOf, takersOf } from "./operations.ts";
import { decodedBody, readBody } from "./requestBody.ts";
import { type ReceivedBody, routeRequest } from "./routedRequest.ts";
import { type SealRefusals, unsealed } from "./sealRefusals.ts";
import type { CountTokens } from "./tokenizerThread.ts";

/** What answering a request needs. */
export interface DispatchParts extends AttemptParts {
	readonly pool: AccountPool;
	/** Bytes. */
	readonly bodyLimit: () => number;
	readonly countTokens: CountTokens;
	readonly sealRefusals: SealRefusals;
	/** Calls for one request. */
	readonly maxAttempts: () => number;
	/** Names that accounts are known to have that could answer. */
	readonly knownModels: (request: Pick<PoolRequest, "format" | "takers">) => readonly string[];
}

/** A call that did not answer the client. */
interface Failed extends Pick<Exchange, "dropped"> {
	readonly account: NonNullable<Exchange["account"]>;
	/** Null where only the conversation is not for this account. */
	readonly failure: Failure | null;
	readonly held: HeldReply | null;
}
type Unsuited = AttemptEnd & { readonly kind: "unsuited" };

/**
 * Answers one request: reads it once, finds its model, and calls accounts one after the other until one answers.
 * @param operationPath below the format's prefix, as the client wrote it.
 */
export async function dispatch(
	parts: DispatchParts,
	exchange: Exchange,
	format: Format,
	operationPath: string,
): Promise<void> {
	exchange.format = format;
	const body = await receiveBody(exchange, parts.bodyLimit());
	if (body === "gone") return;
	if ("kind" in body) return answerProblem(exchange, body);
	const routed = routeRequest(format, operationPath, body);
	if ("kind" in routed) return answerProblem(exchange, routed);
	exchange.model = routed.model;
	const { model, named } = parts.pool.resolve(routed.model);
	const conversation = routed.conversation(exchange.request.headers);
	const operation = operationOf(format, operationPath);
	const takers = takersOf(operation, format);
	const request: PoolRequest = { format, takers, model, named, conversation, probe: routed.probe };
	const client = new ClientSide(format, exchange.query, routed);
	await answerFromPool(parts, exchange, { routed, client, operation, conversation, isUnsealed: false }, request);
}

async function receiveBody({ request, format }: Exchange, limit: number): Promise<ReceivedBody | Problem | "gone"> {
	const read = await readBody(request, limit);
	if (read.kind !== "body") return read.kind === "gone" ? "gone" : read.problem;
	const clear = await decodedBody(read.bytes, request.headers["content-encoding"], limit);
	if (clear.kind === "body") return { bytes: read.bytes, clear: clear.bytes };
	// Gemini's model is in the path: its body can go on without being read.
	if (format === "gemini") return { bytes: read.bytes, clear: read.bytes };
	return clear.kind === "gone" ? "gone" : clear.problem;
}

async function answerFromPool(
	parts: DispatchParts,
	exchange: Exchange,
	tried: Tried,
	asked: PoolRequest,
): Promise<void> {
	let request = asked;
	const leaving = new Leaving(exchange.response);
	const triedIds = new Set<string>();
	/** Of the model, by ChatGPT accounts. */
	let refusals = 0;
	// Where there is none to be told, this request stands for itself.
	const conversation = tried.conversation ?? randomUUID();
	// Not asked for again: a setting that changes must not leave a lease behind.
	const mostCalls = parts.maxAttempts();
	let next: Lease | null = null;
	let last: Failed | null = null;
	let unsuited: Unsuited | null = null;
	while (exchange.attempts < mostCalls) {
		const choice: Choice =
			next === null
				? await leaseFor(parts, exchange, request, triedIds, last, leaving)
				: { kind: "lease", lease: next };
		next = null;
		if (choice.kind === "left") break;
		if (choice.kind !== "lease") return answerNobody(parts, exchange, { tried, request, last, unsuited, choice });
		const lease: Lease = choice.lease;
		if (leaving.isGone) {
			lease.end({ kind: "aborted" });
			return;
		}
		const { account } = lease.keyed;
		const isUnsealed = parts.sealRefusals.has(conversation, account.id);
		let end: AttemptEnd;
		try {
			end = await attempt(parts, exchange, isUnsealed ? unsealed(tried) : tried, lease, leaving.signal);
		} catch (error) {
			lease.end({ kind: "aborted" });
			throw error;
		}
		if (end.kind === "malformed") return answerProblem(exchange, { kind: "badRequest", message: end.message });
		if (end.kind === "unsuited") {
			unsuited ??= end;
			request = withoutTaker(request, takerOf(account));
			continue;
		}
		if (end.kind === "sealsRefused") {
			parts.sealRefusals.note(conversation, account.id);
			last = { failure: null, held: end.held, account, dropped: exchange.dropped };
			// It was a compaction, without which the talk would be another: only who has made it can go on with it.
			if (isUnsealed) triedIds.add(account.id);
			else if (exchange.attempts < mostCalls) next = parts.pool.again(request, account.id);
			continue;
		}
		if (end.kind !== "failed") return;
		triedIds.add(account.id);
		if (account.type === "native" && end.failure.kind === "modelUnknown") {
			refusals += 1;
			// Plans differ little in their models: another login is asked once.
			if (refusals > 1) request = withoutTaker(request, "native");
		}
		// That an account lacks the model says nothing of why the others failed.
		if (last === null || end.failure.kind !== "modelUnknown") {
			last = { failure: end.failure, held: end.held, account, dropped: exchange.dropped };
		}
		if (exchange.attempts < mostCalls) next = withNewToken(parts, request, lease, end.failure);
	}
	if (!leaving.isGone) await answerNobody(parts, exchange, { tried, request, last, unsuited, choice: null });
}

/** How far a request came that nobody has answered. */
interface Unanswered {
	readonly tried: Tried;
	readonly request: PoolRequest;
	/** The failure that tells most; null where nobody was called. */
	readonly last: Failed | null;
	/** Why accounts of some format could not be asked. */
	readonly unsuited: Unsuited | null;
	/** Null where no more calls may be made. */
	readonly choice: Refused | null;
}

async function answerNobody(
	parts: DispatchParts,
	exchange: Exchange,
	{ tried, request, last, unsuited, choice }: Unanswered,
): Promise<void> {
	if (tried.operation === "countTokens") return answerEstimate(parts, exchange, tried.client);
	const isNative = (id: string) => parts.pool.isNative(id);
	const known = () => ({ models: parts.knownModels(request), live: parts.pool.live(), now: Date.now(), isNative });
	if (last !== null) {
		const lacksModel = choice?.kind === "exhausted" && last.failure?.kind === "modelUnknown";
		const isOwn = (id: string) => parts.pool.speaks(id) === request.format;
		const unasked = lacksModel ? unaskedProblem(choice, request, known(), isOwn) : null;
		return unasked === null ? answerFailure(exchange, last) : answerProblem(exchange, unasked);
	}
	const mayComeBack = choice !== null && choice.kind !== "noneServes" && choice.kind !== "exhausted";
	if (unsuited !== null && !mayComeBack) {
		return answerProblem(exchange, { kind: "badRequest", message: unsuited.message });
	}
	if (choice !== null) answerProblem(exchange, nobodyProblem(choice, request, known()));
}

/** What one account cannot be asked for, no other of its kind can. */
function withoutTaker(request: PoolRequest, kind: Taker): PoolRequest {
	return { ...request, takers: request.takers.filter((taker) => taker !== kind) };
}

async function leaseFor(
	parts: DispatchParts,
	exchange: Exchange,
	request: PoolRequest,
	tried: ReadonlySet<string>,
	last: Failed | null,
	leaving: Leaving,
): Promise<Choice> {
	const choice = parts.pool.acquire(request, tried, leaving.signal);
	const settled = choice instanceof Promise ? await choice : choice;
	if (settled.kind === "lease" || settled.kind === "left") return settled;
	const lease =
		(await renewedOne(parts, request, settled, leaving)) ??
		(settled.kind === "exhausted" && last !== null
			? await onlyOneAgain(parts, exchange, request, last, leaving)
			: null);
	return lease === null ? settled : { kind: "lease", lease };
}

/** A login that was renewed while its older token was on its way is called with the new one at once. */
function withNewToken(
	{ pool, native }: DispatchParts,
	request: PoolRequest,
	{ keyed: { account, apiKey } }: Lease,
	{ kind, status }: Failure,
): Lease | null {
	const isRenewed =
		blamesToken(kind, status) && native.renewals.isOutdated({ accountId: account.id, accessToken: apiKey });
	return isRenewed ? pool.again(request, account.id) : null;
}

/** Where nobody else can answer, a login that is being renewed is waited for, also by the request that found it refused. */
async function renewedOne(
	{ pool, native }: DispatchParts,
	request: PoolRequest,
	choice: Refused,
	leaving: Leaving,
): Promise<Lease | null> {
	if (choice.kind === "noAccount" || choice.kind === "busy") return null;
	const open = choice.passedOver.filter(
		({ id, why }) => (why === "tried" || why === "resting") && native.renewals.isOpen(id),
	);
	if (open.length === 0) return null;
	const id = await native.renewals.first(
		open.map((account) => account.id),
		leaving.signal(),
	);
	return id === null || leaving.isGone ? null : pool.again(request, id);
}

/** Where the one account there is may be well again in a moment, it is called once more. */
async function onlyOneAgain(
	{ pool, timing }: DispatchParts,
	exchange: Exchange,
	request: PoolRequest,
	{ failure }: Failed,
	leaving: Leaving,
): Promise<Lease | null> {
	const { account } = exchange;
	if (failure?.kind !== "failing" || exchange.attempts !== 1 || account === null) return null;
	await leaving.pause(timing.secondCall);
	return leaving.isGone ? null : pool.again(request, account.id);
}

/** How many tokens a request has, where no account of its format says so. */
async function answerEstimate(parts: DispatchParts, exchange: Exchange, client: ClientSide): Promise<void> {
	const { format } = client;
	if (format !== "anthropic" && format !== "gemini") return;
	try {
		const { body, headers } = await estimateReply(format, client.body, parts.countTokens);
		answerJson(exchange, 200, body, headers);
	} catch (error) {
		const uncalled = uncalledOf(error);
		if (uncalled === null) throw error;
		answerProblem(exchange, { kind: "badRequest", message: uncalled.message });
	}
}

/** The last error: as the relay said it, where it can be handed on. */
function answerFailure(exchange: Exchange, { failure, held, account: { id, label }, dropped }: Failed): void {
	const detail = failure?.detail ?? "It cannot read what another account has encrypted in the conversation.";
	const message = `The account “${label}” could not answer. ${detail}`;
	// Another one may have been called after it, which lacks the model.
	exchange.account = { id, label };
	exchange.dropped = dropped;
	exchange.error = message;
	if (held !== null) answerHeld(exchange, held.head, held.body);
	else answerProblem(exchange, { kind: "upstreamFailed", message });
}
