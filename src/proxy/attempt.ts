import type { RelayAccount } from "../accounts/account.ts";
import type { CallRecord, Clocks } from "../bridge/protocol.ts";
import { endpoints, upstreamRoot } from "../formats/endpoints.ts";
import type { Lease, Outcome } from "../pool/accountPool.ts";
import { relayModelName } from "../pool/modelNames.ts";
import type { AttemptEnd } from "./attemptEnd.ts";
import type { Exchange } from "./exchange.ts";
import { requestHeaders } from "./headers.ts";
import { RelayReply } from "./relayReply.ts";
import type { RoutedRequest } from "./routedRequest.ts";
import type { Timing } from "./timing.ts";
import type { Transport } from "./transport.ts";

export interface AttemptParts {
	readonly transport: Transport;
	readonly clocks: () => Clocks;
	readonly timing: Timing;
}

/**
 * One try of a request on one account. The lease is ended, the call noted, and the client told what there is to tell, by the
 * time it settles.
 * @param model after aliases and without a label.
 */
export function attempt(
	{ transport, clocks, timing }: AttemptParts,
	exchange: Exchange,
	routed: RoutedRequest,
	model: string,
	lease: Lease,
): Promise<AttemptEnd> {
	const { relay } = lease;
	const { account } = relay;
	const relayModel = relayModelName(account, model);
	exchange.account = { id: account.id, label: account.label };
	exchange.attempts += 1;
	const addressed = routed.forModel(relayModel);
	const { origin, path } = rootOf(account);
	return new Promise((resolve) => {
		const settle = (end: AttemptEnd): void => {
			exchange.calls.push(callRecord(end, lease, relayModel));
			if (end.kind === "broken") exchange.error = `The reply broke off. ${end.failure.detail}`;
			if (end.kind === "passedOn") {
				exchange.error = `${endpoints[account.format].name} relay answered ${end.status}`;
			}
			lease.end(outcomeOf(end));
			resolve(end);
		};
		const needsEnd = endsByRule(addressed.path);
		const requestBytes = addressed.body.length;
		const reply = new RelayReply({ exchange, lease, clocks: clocks(), timing, requestBytes, needsEnd, settle });
		transport.to(origin, account.outboundProxy).dispatch(
			{
				origin,
				path: path + addressed.path + exchange.query,
				method: "POST",
				headers: requestHeaders(exchange.request.rawHeaders, relay, addressed.decoded ? ["content-encoding"] : []),
				body: addressed.body,
				headersTimeout: 0,
				bodyTimeout: 0,
			},
			reply,
		);
	});
}

const roots = new WeakMap<RelayAccount, ReturnType<typeof upstreamRoot>>();

/** Worked out once, for as long as the account is as it is. */
function rootOf(account: RelayAccount): ReturnType<typeof upstreamRoot> {
	const known = roots.get(account);
	if (known !== undefined) return known;
	const root = upstreamRoot(account.format, account.baseUrl);
	roots.set(account, root);
	return root;
}

/** Whether the operation's streams end as the format says. Of Gemini's verbs only one is known to. */
function endsByRule(path: string): boolean {
	return !path.includes("/models/") || path.endsWith(":streamGenerateContent");
}

function outcomeOf(end: AttemptEnd): Outcome {
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

function callRecord(end: AttemptEnd, { relay }: Lease, model: string): CallRecord {
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
