import type { Dispatcher } from "undici";
import { formatOf } from "../accounts/account.ts";
import type { Failure } from "../pool/cooldown.ts";
import type { KeyedAccount } from "../pool/usable.ts";
import { answerHeld } from "./answer.ts";
import type { CallEnd, HeldReply } from "./attemptEnd.ts";
import type { ReplyHead } from "./clientReply.ts";
import { headerValue, textHeaders } from "./headers.ts";
import { HeldBytes } from "./heldBytes.ts";
import { type Finding, holdsMoreThanComments, inspectorOf } from "./inspector.ts";
import { SilentRelay } from "./networkError.ts";
import { withoutQuotedKey } from "./quotedKey.ts";
import { cutRefusal, isRefusal, isSealRefusal, type Judgement, judgeFinding, judgeHeld } from "./refusal.ts";
import { ReplyClocks } from "./replyClocks.ts";
import { ReplyIntake } from "./replyIntake.ts";
import type { ReplyParts } from "./replyParts.ts";
import type { Holding, Piping, ReplyPhase } from "./replyPhase.ts";
import type { PipeEnd, PipeKind } from "./replyPipe.ts";
import type { Told } from "./upstreamCall.ts";
import { endedEarly, judgeEvent, judgeNetwork, type Verdict } from "./verdict.ts";

/** Why we ended an upstream request ourselves. */
class Decided extends Error {}

/**
 * One reply of a relay: held until it is known to be good, judged where it is not, then passed to the client. Once it is over,
 * whatever the connection still says is not heard.
 */
export class RelayReply implements Dispatcher.DispatchHandler {
	readonly #parts: ReplyParts;
	readonly #clocks: ReplyClocks;
	#phase: ReplyPhase = { kind: "asked" };
	#controller: Dispatcher.DispatchController | null = null;
	#clientFull = false;
	#decoderFull = false;

	constructor(parts: ReplyParts) {
		this.#parts = parts;
		this.#clocks = new ReplyClocks(parts.clocks, parts.timing.longestHold, {
			onNoFirstByte: (milliseconds) => this.#fail(new SilentRelay(milliseconds)),
			// A relay that waits for a slow client is not idle.
			onIdle: (milliseconds) =>
				this.#clientFull ? this.#clocks.noteBytes() : this.#fail(new SilentRelay(milliseconds)),
			onLongHold: () => {
				if (this.#phase.kind !== "holding") return;
				if (isRefusal(this.#phase)) this.#decide(this.#phase, this.#phase.inspector.end());
				else this.#commit(this.#phase);
			},
			onLongEnd: () => this.#phase.kind === "piping" && this.#finishNow(this.#phase, null),
		});
		parts.exchange.response.once("close", this.#onClientClose);
	}

	onRequestStart(controller: Dispatcher.DispatchController): void {
		this.#controller = controller;
		if (this.#phase.kind === "over") controller.abort(new Decided());
	}

	onRequestSent(): void {
		if (this.#phase.kind === "asked") this.#clocks.awaitFirstByte(this.#parts.call.body.length);
	}

	onResponseStart(controller: Dispatcher.DispatchController, status: number, _: unknown, reason?: string): void {
		if (status < 200 || this.#phase.kind !== "asked") return;
		const head: ReplyHead = { status, reason, headers: textHeaders(controller.rawHeaders) };
		this.#parts.ear?.head(head);
		const type = headerValue(head.headers, "content-type");
		const isEventStream = status < 300 && /^text\/event-stream\b/i.test(type);
		const intake = new ReplyIntake(headerValue(head.headers, "content-encoding"), {
			onClear: (clear) => this.#onClear(clear),
			onEnd: () => this.#onEnd(),
			onFull: (isFull) => {
				this.#decoderFull = isFull;
				this.#regulate();
			},
		});
		const inspector = inspectorOf(formatOf(this.#keyed.account), head, isEventStream, intake.isCompressed);
		const holding: Holding = {
			...{ kind: "holding", head, intake, isEventStream, inspector },
			...{ bytes: new HeldBytes(), clear: new HeldBytes() },
		};
		this.#phase = holding;
		// A refusal that calls itself a web page may be JSON all the same.
		if (isRefusal(holding)) this.#clocks.boundHold();
		else if (status >= 300 || /^text\/html\b/i.test(type))
			this.#conclude(holding, { verdict: judgeHeld(head, "", this.#keyed), told: null, isWhole: false });
	}

	onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
		const phase = this.#phase;
		this.#clocks.noteBytes();
		if (phase.kind === "piping") {
			if (!phase.intake.isCompressed) this.#parts.ear?.clear(chunk);
			if (this.#clocks.awaitsFirstByte && !phase.intake.isCompressed) this.#noteBeginning(phase, chunk);
			phase.pipe.push(chunk);
			phase.intake.push(chunk);
		} else if (phase.kind === "holding") {
			phase.bytes.push(chunk);
			if (!phase.intake.isReadable) this.#passUnread(phase);
			else if (phase.intake.isCompressed) phase.intake.push(chunk);
			else this.#look(phase, chunk);
			if (this.#phase.kind === "holding") this.#boundHold(phase);
		}
	}

	onResponseEnd(): void {
		if (this.#phase.kind === "holding" || this.#phase.kind === "piping") this.#phase.intake.end();
	}

	onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
		this.#fail(error);
	}

	#onClear(clear: Buffer): void {
		const phase = this.#phase;
		if (phase.kind === "piping") {
			this.#parts.ear?.clear(clear);
			if (this.#clocks.awaitsFirstByte) this.#noteBeginning(phase, clear);
			phase.pipe.watch(clear);
		} else if (phase.kind === "holding") {
			phase.clear.push(clear);
			this.#look(phase, clear);
			if (this.#phase.kind === "holding") this.#boundHold(phase);
		}
	}

	#onEnd(): void {
		if (this.#phase.kind === "holding") this.#decide(this.#phase, this.#phase.inspector.end());
		if (this.#phase.kind === "piping") this.#finish(this.#phase, this.#phase.pipe.finish(false), null);
	}

	#look(holding: Holding, clear: Buffer): void {
		this.#parts.ear?.clear(clear);
		if (this.#clocks.awaitsFirstByte) this.#noteBeginning(holding, clear);
		const finding = holding.inspector.push(clear);
		if (finding !== null) this.#decide(holding, finding);
	}

	#noteBeginning({ isEventStream }: Holding | Piping, clear: Buffer): void {
		if (!isEventStream || holdsMoreThanComments(clear)) this.#clocks.noteFirstByte();
	}

	/** Of a reply in an unknown encoding only the status tells. */
	#passUnread(holding: Holding): void {
		this.#clocks.noteFirstByte();
		if (holding.head.status < 400) this.#commit(holding);
	}

	/** A refusal is read to its end; anything else the client waits for. Few bytes may come to many in clear. */
	#boundHold(holding: Holding): void {
		if (isRefusal(holding)) return;
		const held = Math.max(holding.bytes.length, holding.clear.length);
		if (held > this.#parts.timing.mostHeld) this.#commit(holding);
		else if (holding.isEventStream) this.#clocks.boundHold();
	}

	#decide(holding: Holding, finding: Finding): void {
		if (finding.kind === "good") this.#commit(holding);
		else this.#conclude(holding, judgeFinding(holding, finding, this.#keyed));
	}

	#conclude(seen: Holding, { verdict, told, isWhole }: Judgement): void {
		const holding = withoutQuotedKey(seen, this.#keyed.apiKey);
		const { head, bytes } = holding;
		const { status } = head;
		const translated = this.#translated(head, told);
		const held = (): HeldReply | null => translated ?? (told !== null && isWhole ? { head, body: bytes.take() } : null);
		if (verdict.kind === "failed") this.#abandon({ kind: "failed", status, failure: verdict.failure, held: held() });
		else if (isSealRefusal(told, this.#keyed)) this.#abandon({ kind: "sealsRefused", status, held: held() });
		else if (translated === null) this.#commit(holding, true);
		else this.#passOnTranslated(status, translated);
	}

	/** Null where the client can read it as it is, or nothing was said. */
	#translated(head: ReplyHead, told: Told | null): HeldReply | null {
		return told === null ? null : (this.#parts.call.translateRefusal?.(head, told) ?? null);
	}

	#passOnTranslated(status: number, { head, body }: HeldReply): void {
		this.#abandon({ kind: "passedOn", status });
		answerHeld(this.#parts.exchange, head, body);
	}

	#commit({ head, intake, isEventStream, inspector, bytes, clear }: Holding, passesOn = false): void {
		const { call, lease, timing } = this.#parts;
		const { isCompressed, isReadable } = intake;
		const kind: PipeKind = {
			...{ format: formatOf(this.#keyed.account), isEventStream, isCompressed, keepAlive: timing.keepAlive },
			...{ needsEnd: call.needsEnd && isReadable, known: inspector.usage, isKnown: inspector.hasReadAll },
		};
		const onFull = (isFull: boolean) => {
			this.#clientFull = isFull;
			this.#regulate();
		};
		const pipe = call.openPipe(kind, { onFull, onOver: () => this.#clocks.boundEnd() });
		this.#phase = { kind: "piping", head, intake, isEventStream, pipe, passesOn };
		this.#clocks.noteCommit();
		if (!passesOn && !pipe.isHeld) lease.commit();
		pipe.start(head);
		for (const chunk of clear.take()) pipe.watch(chunk);
		for (const chunk of bytes.take()) pipe.push(chunk);
	}

	/** Does not wait for the connection. @param cut why it broke; null where it has only stayed open. */
	#finishNow(phase: Piping, cut: Failure | null): void {
		phase.intake.stop();
		this.#finish(phase, phase.pipe.finish(cut !== null), cut);
		this.#controller?.abort(new Decided());
	}

	/** @param cut why the connection broke; null where the relay ended the reply itself. */
	#finish({ head, pipe, passesOn }: Piping, end: PipeEnd, cut: Failure | null): void {
		const { status } = head;
		const { usage } = end;
		if (end.kind === "broken") {
			const failure = cut ?? endedEarly(status, "The stream ended without its end.");
			if (pipe.isHeld) {
				this.#over({ kind: "cutShort", status, failure });
				return;
			}
			this.#over({ kind: "broken", status, failure, usage });
			pipe.breakOff(`The reply of the account “${this.#keyed.account.label}” broke off. ${failure.detail}`);
			return;
		}
		const verdict = end.kind === "relayError" ? judgeEvent(end.error, [], Date.now(), this.#keyed.apiKey) : null;
		if (verdict !== null && pipe.isHeld && end.kind === "relayError") {
			this.#refuseHeld(head, verdict, { kind: "event", error: end.error });
			return;
		}
		if (verdict?.kind === "failed") this.#over({ kind: "broken", status, failure: verdict.failure, usage });
		else if (verdict !== null || passesOn) this.#over({ kind: "passedOn", status });
		else this.#over({ kind: "answered", status, usage });
		pipe.end();
	}

	/** An error at the end of a reply of which the client has seen nothing. */
	#refuseHeld(head: ReplyHead, verdict: Verdict, told: Told): void {
		const held = this.#translated(head, told);
		if (verdict.kind === "failed") this.#over({ kind: "failed", status: head.status, failure: verdict.failure, held });
		else if (held !== null) this.#passOnTranslated(head.status, held);
	}

	/** The connection broke, or a clock ran out. */
	#fail(error: Error): void {
		const phase = this.#phase;
		if (phase.kind === "over") return;
		const failure = judgeNetwork(error, new URL(this.#parts.call.origin).host);
		// Where the connection broke after the last event, the client has all there was to be had.
		if (phase.kind === "piping") this.#finishNow(phase, failure);
		else {
			const status = phase.kind === "holding" ? phase.head.status : null;
			const told = phase.kind === "holding" ? cutRefusal(phase, this.#keyed) : null;
			this.#abandon({ kind: "failed", status, failure: told ?? failure, held: null });
		}
	}

	readonly #onClientClose = (): void => {
		const phase = this.#phase;
		if (phase.kind === "over") return;
		const status = phase.kind === "asked" ? null : phase.head.status;
		const told = phase.kind === "holding" ? phase.inspector.usage : null;
		this.#abandon({ kind: "clientGone", status, usage: phase.kind === "piping" ? phase.pipe.drop() : told });
	};

	/** Ends the upstream request, where it has not ended itself. */
	#abandon(end: CallEnd): void {
		const phase = this.#phase;
		this.#over(end);
		if (phase.kind === "holding" || phase.kind === "piping") phase.intake.stop();
		this.#controller?.abort(new Decided());
	}

	#over(end: CallEnd): void {
		this.#phase = { kind: "over" };
		this.#clocks.stop();
		this.#parts.exchange.response.off("close", this.#onClientClose);
		this.#parts.settle(end);
	}

	/** The relay waits while either reader of its bytes is full. */
	#regulate(): void {
		if (this.#phase.kind === "over") return;
		if (this.#clientFull || this.#decoderFull) this.#controller?.pause();
		else this.#controller?.resume();
	}

	get #keyed(): KeyedAccount {
		return this.#parts.lease.keyed;
	}
}
