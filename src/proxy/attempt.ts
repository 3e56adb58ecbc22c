import { formatOf } from "../accounts/account.ts";
import type { CallRecord, Clocks } from "../bridge/protocol.ts";
import { endpoints } from "../formats/endpoints.ts";
import { Malformed, Untranslatable } from "../formats/translation.ts";
import type { Lease, Outcome } from "../pool/accountPool.ts";
import { isKeyedRelay } from "../pool/usable.ts";
import type { AttemptEnd, CallEnd, Uncalled } from "./attemptEnd.ts";
import type { ClientSide } from "./clientSide.ts";
import { directCall } from "./directCall.ts";
import { embeddingCall } from "./embeddingCall.ts";
import { type Exchange, shortened } from "./exchange.ts";
import { nativeCall } from "./nativeCall.ts";
import type { NativeEars } from "./nativeEars.ts";
import type { Operation } from "./operations.ts";
import { RelayReply } from "./relayReply.ts";
import type { RoutedRequest } from "./routedRequest.ts";
import type { Timing } from "./timing.ts";
import { type TranslationParts, translatedCall } from "./translatedCall.ts";
import type { Transport } from "./transport.ts";
import type { UpstreamCall } from "./upstreamCall.ts";

export interface AttemptParts extends TranslationParts {
	readonly transport: Transport;
	readonly clocks: () => Clocks;
	readonly timing: Timing;
	readonly native: NativeEars;
}

/** A request as it is tried on one account after the other. */
export interface Tried {
	readonly routed: RoutedRequest;
	readonly client: ClientSide;
	readonly operation: Operation;
	/** The key of its conversation; null where there is none to be told. */
	readonly conversation: string | null;
	/** Goes out without what accounts have encrypted in earlier turns. */
	readonly isUnsealed: boolean;
}

/**
 * One try of a request on one account. The lease is ended, the call noted, and the client told what there is to tell, by the
 * time it settles.
 */
export function attempt(
	parts: AttemptParts,
	exchange: Exchange,
	{ routed, client, operation, conversation, isUnsealed }: Tried,
	lease: Lease,
	leaving: () => AbortSignal,
): Promise<AttemptEnd> {
	const { keyed, model } = lease;
	const isDirect = formatOf(keyed.account) === client.format;
	if (isDirect && isKeyedRelay(keyed)) {
		return makeCall(parts, exchange, directCall(exchange, routed, keyed, model.model), lease);
	}
	const prepare = async (): Promise<UpstreamCall> => {
		if (isDirect && !isKeyedRelay(keyed))
			return nativeCall(exchange, routed, keyed, { model, conversation, isUnsealed });
		return operation === "embeddings" && isKeyedRelay(keyed)
			? embeddingCall(exchange, client, keyed, model.model)
			: translatedCall(exchange, client, keyed, { model, conversation, isUnsealed }, parts, leaving);
	};
	return attemptPrepared(parts, exchange, prepare, lease);
}

/** A call that is made of the request's parts, so that it may turn out that there is none. */
async function attemptPrepared(
	parts: AttemptParts,
	exchange: Exchange,
	prepare: () => Promise<UpstreamCall>,
	lease: Lease,
): Promise<AttemptEnd> {
	let call: UpstreamCall;
	try {
		call = await prepare();
	} catch (error) {
		const uncalled = uncalledOf(error);
		if (uncalled === null) throw error;
		lease.end({ kind: "passedOn" });
		return uncalled;
	}
	return makeCall(parts, exchange, call, lease);
}

/** What the request lacks; null where something else is wrong. */
export function uncalledOf(error: unknown): Uncalled | null {
	if (error instanceof Malformed) return { kind: "malformed", message: error.message };
	if (error instanceof Untranslatable) return { kind: "unsuited", message: error.message };
	// The engine's, where its stack is full: JSON can be parsed however deep it nests.
	const isTooDeep = error instanceof RangeError && error.message.startsWith("Maximum call stack");
	const message = "The request nests too deep, or holds too many parts, to be translated.";
	return isTooDeep ? { kind: "unsuited", message } : null;
}

function makeCall(
	{ transport, clocks, timing, native }: AttemptParts,
	exchange: Exchange,
	call: UpstreamCall,
	lease: Lease,
): Promise<CallEnd> {
	const { keyed, model } = lease;
	const { account } = keyed;
	exchange.account = { id: account.id, label: account.label };
	exchange.attempts += 1;
	exchange.dropped = shortened(call.dropped);
	const ear = isKeyedRelay(keyed) ? null : native.listenTo(keyed, model.model);
	return new Promise((resolve) => {
		const settle = (told: CallEnd): void => {
			const end = ear !== null && "failure" in told ? { ...told, failure: ear.failed(told.failure) } : told;
			exchange.calls.push(callRecord(end, lease));
			if (end.kind === "broken") exchange.error = `The reply broke off. ${end.failure.detail}`;
			if (end.kind === "passedOn") {
				const kind = isKeyedRelay(keyed) ? `${endpoints[keyed.account.format].name} relay` : "ChatGPT";
				exchange.error = `${kind} answered ${end.status}`;
			}
			lease.end(outcomeOf(end));
			resolve(end);
		};
		const { origin, path, headers, body } = call;
		const reply = new RelayReply({ exchange, lease, clocks: clocks(), timing, call, settle, ear });
		transport
			.to(origin, isKeyedRelay(keyed) ? keyed.account.outboundProxy : null)
			.dispatch({ origin, path, method: "POST", headers, body, headersTimeout: 0, bodyTimeout: 0 }, reply);
	});
}

function outcomeOf(end: CallEnd): Outcome {
	switch (end.kind) {
		case "answered":
			return { kind: "answered" };
		case "passedOn":
		case "sealsRefused":
			return { kind: "passedOn" };
		case "failed":
		case "cutShort":
		case "broken":
			return { kind: "failed", failure: end.failure };
		case "clientGone":
			return { kind: "aborted" };
	}
}

function callRecord(end: CallEnd, { keyed, model: { model } }: Lease): CallRecord {
	const { id, label } = keyed.account;
	return {
		accountId: id,
		label,
		model,
		status: end.status,
		error: "failure" in end ? end.failure.detail : null,
		usage: "usage" in end ? end.usage : null,
	};
}
