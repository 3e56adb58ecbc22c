import type { ReplyEvent } from "../replyEvents.ts";

export type PartEvent = Extract<ReplyEvent, { kind: "open" | "delta" | "citation" | "close" }>;

/** The events of one output item. */
export interface PartLane {
	readonly push: (event: PartEvent) => void;
	/** Nothing more comes. */
	readonly end: () => void;
}

interface Lane {
	/** What is held while an earlier lane is open. */
	readonly held: PartEvent[];
	isEnded: boolean;
}

/** Output items may grow side by side. Here they come out one after the other, in the order in which they began. */
export class PartLanes {
	readonly #emit: (event: PartEvent) => void;
	readonly #lanes: Lane[] = [];

	constructor(emit: (event: PartEvent) => void) {
		this.#emit = emit;
	}

	open(): PartLane {
		const lane: Lane = { held: [], isEnded: false };
		this.#lanes.push(lane);
		return {
			push: (event) => {
				if (this.#lanes[0] === lane) this.#emit(event);
				else lane.held.push(event);
			},
			end: () => {
				lane.isEnded = true;
				this.#release();
			},
		};
	}

	#release(): void {
		while (this.#lanes[0]?.isEnded === true) {
			this.#lanes.shift();
			const [next] = this.#lanes;
			for (const event of next?.held.splice(0) ?? []) this.#emit(event);
		}
	}
}
