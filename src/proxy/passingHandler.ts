import type { Dispatcher } from "undici";

type Handler = Dispatcher.DispatchHandler;
type Controller = Dispatcher.DispatchController;

/** Passes on all that undici says of a request; what extends it steps in where it has to. */
export class PassingHandler implements Handler {
	protected readonly next: Handler;

	constructor(next: Handler) {
		this.next = next;
	}

	onRequestStart(controller: Controller, context: unknown): void {
		this.next.onRequestStart?.(controller, context);
	}

	onBodySent(chunk: Buffer): void {
		this.next.onBodySent?.(chunk);
	}

	onRequestSent(): void {
		this.next.onRequestSent?.();
	}

	onResponseStarted(): void {
		this.next.onResponseStarted?.();
	}

	onResponseStart(...given: Parameters<NonNullable<Handler["onResponseStart"]>>): void {
		this.next.onResponseStart?.(...given);
	}

	onResponseData(controller: Controller, chunk: Buffer): void {
		this.next.onResponseData?.(controller, chunk);
	}

	onResponseEnd(...given: Parameters<NonNullable<Handler["onResponseEnd"]>>): void {
		this.next.onResponseEnd?.(...given);
	}

	onResponseError(controller: Controller, error: Error): void {
		this.next.onResponseError?.(controller, error);
	}
}
