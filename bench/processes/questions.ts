/** How a process of the bench is asked to do something: over the channel that Node opens to a process it forks. */

export interface Question {
	readonly number: number;
	readonly question: unknown;
}

export type Answer =
	| { readonly number: number; readonly ok: true; readonly answer: unknown }
	| { readonly number: number; readonly ok: false; readonly error: string };

/** Said once, when a process can be asked. */
export interface Ready {
	readonly ready: true;
	/** Where it listens, if it does. */
	readonly port: number | null;
}

/** The side that answers. Ends the process when the other side is gone. */
export function answerQuestions(answer: (question: unknown) => Promise<unknown>, port: number | null): void {
	process.on("disconnect", () => process.exit());
	process.on("message", ({ number, question }: Question) => {
		answer(question).then(
			(found) => say({ number, ok: true, answer: found }),
			(error: unknown) =>
				say({ number, ok: false, error: error instanceof Error ? (error.stack ?? "") : String(error) }),
		);
	});
	say({ ready: true, port });
}

function say(message: Answer | Ready): void {
	process.send?.(message);
}
