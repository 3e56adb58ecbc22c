import type { AccountPool, PoolRequest } from "../pool/accountPool.ts";
import type { Failure } from "../pool/cooldown.ts";
import { answerHeld, answerJson, answerProblem } from "./answer.ts";
import { type Tried, uncalledOf } from "./attempt.ts";
import type { HeldReply, Uncalled } from "./attemptEnd.ts";
import type { ClientSide } from "./clientSide.ts";
import { estimateReply } from "./estimateReply.ts";
import type { Exchange } from "./exchange.ts";
import { nobodyProblem, type Refused, unaskedProblem } from "./nobody.ts";
import type { CountTokens } from "./tokenizerThread.ts";

/** What it takes to say why nobody has answered. */
export interface LastWordParts {
	readonly pool: Pick<AccountPool, "live" | "speaks" | "isNative">;
	readonly countTokens: CountTokens;
	/** Names that accounts are known to have that could answer. */
	readonly knownModels: (request: Pick<PoolRequest, "format" | "takers">) => readonly string[];
}

/** A call that did not answer the client. */
export interface Failed extends Pick<Exchange, "dropped"> {
	readonly account: NonNullable<Exchange["account"]>;
	/** Null where only the conversation is not for this account. */
	readonly failure: Failure | null;
	readonly held: HeldReply | null;
	/** What the client is told where no reply is held. */
	readonly problem: "upstreamFailed" | "upstreamEndedEarly";
}

export type Unsuited = Uncalled & { readonly kind: "unsuited" };

/** How far a request came that nobody has answered. */
export interface Unanswered {
	readonly tried: Tried;
	readonly request: PoolRequest;
	/** The failure that tells most; null where nobody was called. */
	readonly last: Failed | null;
	/** Why accounts of some format could not be asked. */
	readonly unsuited: Unsuited | null;
	/** Null where no more calls may be made. */
	readonly choice: Refused | null;
}

/** Tells the client why nobody has answered; or how many tokens there are, which can be said without anybody. */
export async function answerNobody(
	parts: LastWordParts,
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

/** How many tokens a request has, where no account of its format says so. */
async function answerEstimate(parts: LastWordParts, exchange: Exchange, client: ClientSide): Promise<void> {
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
function answerFailure(exchange: Exchange, { failure, held, problem, account: { id, label }, dropped }: Failed): void {
	const detail = failure?.detail ?? "It cannot read what another account has encrypted in the conversation.";
	const message = `The account “${label}” could not answer. ${detail}`;
	// Another one may have been called after it, which lacks the model.
	exchange.account = { id, label };
	exchange.dropped = dropped;
	exchange.error = message;
	if (held !== null) answerHeld(exchange, held.head, held.body);
	else answerProblem(exchange, { kind: problem, message });
}
