import type { CallRecord, Clocks } from "../bridge/protocol.ts";
import { endpoints } from "../formats/endpoints.ts";
import { Malformed, Untranslatable } from "../formats/translation.ts";
import type { Lease, Outcome } from "../pool/accountPool.ts";
import { relayModelName } from "../pool/modelNames.ts";
import type { AttemptEnd, CallEnd, Uncalled } from "./attemptEnd.ts";
import type { ClientSide } from "./clientSide.ts";
import { directCall } from "./directCall.ts";
import { embeddingCall } from "./embeddingCall.ts";
import { type Exchange, shortened } from "./exchange.ts";
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
}

/** A request as it is tried on one account after the other. */
export interface Tried {
	readonly routed: RoutedRequest;
	readonly client: ClientSide;
	readonly operation: Operation;
	/** After aliases and without a label. */
	readonly model: string;
}

/**
 * One try of a request on one account. The lease is ended, the call noted, and the client told what there is to tell, by the
 * time it settles.
 */
export function attempt(
	parts: AttemptParts,
	exchange: Exchange,
	{ routed, client, operation, model }: Tried,
	lease: Lease,
	leaving: () => AbortSignal,
): Promise<AttemptEnd> {
	const { relay } = lease;
	const relayModel = relayModelName(relay.account, model);
	if (relay.account.format === client.format) {
		return makeCall(parts, exchange, directCall(exchange, routed, relay, relayModel), relayModel, lease);
	}
	const prepare = async (): Promise<UpstreamCall> =>
		operation === "embeddings"
			? embeddingCall(exchange, client, relay, relayModel)
			: translatedCall(exchange, client, relay, relayModel, parts, leaving);
	return attemptTranslated(parts, exchange, prepare, relayModel, lease);
}

async function attemptTranslated(
	parts: AttemptParts,
	exchange: Exchange,
	prepare: () => Promise<UpstreamCall>,
	relayModel: string,
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
	return makeCall(parts, exchange, call, relayModel, lease);
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
	{ transport, clocks, timing }: AttemptParts,
	exchange: Exchange,
	call: UpstreamCall,
	relayModel: string,
	lease: Lease,
): Promise<CallEnd> {
	const { account } = lease.relay;
	exchange.account = { id: account.id, label: account.label };
	exchange.attempts += 1;
	exchange.dropped = shortened(call.dropped);
	return new Promise((resolve) => {
		const settle = (end: CallEnd): void => {
			exchange.calls.push(callRecord(end, lease, relayModel));
			if (end.kind === "broken") exchange.error = `The reply broke off. ${end.failure.detail}`;
			if (end.kind === "passedOn") {
				exchange.error = `${endpoints[account.format].name} relay answered ${end.status}`;
			}
			lease.end(outcomeOf(end));
			resolve(end);
		};
		const { origin, path, headers, body } = call;
		const reply = new RelayReply({ exchange, lease, clocks: clocks(), timing, call, settle });
		transport
			.to(origin, account.outboundProxy)
			.dispatch({ origin, path, method: "POST", headers, body, headersTimeout: 0, bodyTimeout: 0 }, reply);
	});
}

function outcomeOf(end: CallEnd): Outcome {
	switch (end.kind) {
		case "answered":
			return { kind: "answered" };
		case "passedOn":
			return { kind: "passedOn" };
		case "failed":
		case "broken":
			return { kind: "failed", failure: end.failure };
		case "clientGone":
			return { kind: "aborted" };
	}
}

function callRecord(end: CallEnd, { relay }: Lease, model: string): CallRecord {
	const { id, label } = relay.account;
	return {
		accountId: id,
		label,
		model,
		status: end.status,
		error: end.kind === "failed" || end.kind === "broken" ? end.failure.detail : null,
		usage: "usage" in end ? end.usage : null,
	};
}
