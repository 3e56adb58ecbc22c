import type { Format } from "../../src/accounts/account.ts";
import * as behave from "../support/hostileRelay/behaviours.ts";
import type { Asked, Behaviour } from "../support/hostileRelay/steps.ts";
import { streamRows, wholeRows } from "../unit/attempts/tableRows.ts";

/** What may become of a request because of what a relay did to it. */
export type Fate =
	/** Another account can answer: the client must not notice. */
	| "hidden"
	/** The client has had some of the reply, and is told that it broke off. */
	| "broken"
	/** The error is the client's own. */
	| "passedOn";

interface Way {
	readonly fate: Fate;
	readonly behaviour: Behaviour;
}

const hidden = (behaviour: Behaviour): Way => ({ fate: "hidden", behaviour });
const broken = (behaviour: Behaviour): Way => ({ fate: "broken", behaviour });

/** A relay that answers well in one of the ways that there are. */
export function steadily(random: () => number): Behaviour {
	const ways = [
		behave.answer,
		behave.answer,
		behave.compressed(behave.answer),
		behave.slowAnswer(1),
		behave.answerWithoutNewline,
	];
	return (asked) => pick(ways, random)(asked);
}

/** A relay that fails in every way of the table, and answers well now and then. */
export class Unsteady {
	readonly #random: () => number;
	readonly #ways = new Map<string, readonly Way[]>();
	readonly #onFate: (asked: Asked, fate: Fate) => void;

	/** @param onFate told what each request has to expect. */
	constructor(random: () => number, onFate: (asked: Asked, fate: Fate) => void) {
		this.#random = random;
		this.#onFate = onFate;
	}

	readonly behaviour: Behaviour = (asked) => {
		const { fate, behaviour } = this.#next(asked);
		this.#onFate(asked, fate);
		return behaviour(asked);
	};

	#next({ format, streamed }: Asked): Way {
		const luck = this.#random();
		if (luck < 0.3) return hidden(behave.answer);
		if (luck < 0.35) return { fate: "passedOn", behaviour: behave.complain("requestInvalid") };
		if (luck < 0.45 && streamed) return pick(brokenStreams, this.#random);
		// Rare, because each one takes as long as a clock.
		if (luck < 0.47) return pick(streamed ? silentStreams : silentReplies, this.#random);
		return pick(this.#rows(format, streamed), this.#random);
	}

	#rows(format: Format, streamed: boolean): readonly Way[] {
		const key = `${format} ${streamed}`;
		const known = this.#ways.get(key);
		if (known) return known;
		const made = (streamed ? streamRows : wholeRows)(format).map(({ behaviour }) => hidden(behaviour));
		this.#ways.set(key, made);
		return made;
	}
}

const stops = ["reset", "close", "end"] as const;
const brokenStreams = [
	...stops.flatMap((stop) => [broken(behave.stopAfterContent(stop)), broken(behave.stopInsideEvent(stop))]),
	broken(behave.errorAfterContent("overloaded")),
	broken(behave.compressed(behave.stopAfterContent("reset"))),
];
const silentReplies = [hidden(behave.silence), hidden(behave.stopAfterHead("silence"))];
const silentStreams = [...silentReplies, hidden(behave.commentsThenSilence)];

export function pick<Item>(items: readonly Item[], random: () => number): Item {
	const item = items[Math.floor(random() * items.length)];
	if (item === undefined) throw new Error("There is nothing to pick from.");
	return item;
}
