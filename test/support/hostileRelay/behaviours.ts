import { type Complaint, errorEvent, errorReply } from "./complaints.ts";
import { demoAnswer, type GoodStream, goodStream } from "./good.ts";
import type { Asked, Behaviour, Step } from "./steps.ts";

type Headers = Readonly<Record<string, string | number>>;

const json = "application/json";

/** A reply in one piece, its length announced. */
export function whole(status: number, body: string | Buffer, headers: Headers = {}): Behaviour {
	const bytes = Buffer.from(body);
	return () => [
		{ do: "head", status, headers: { "content-length": bytes.length, ...headers } },
		{ do: "write", bytes },
		{ do: "end" },
	];
}

/** What the demo relay says. */
export const answer: Behaviour = (asked) => {
	const said = demoAnswer(asked);
	if (said.kind === "whole") {
		return whole(said.status, said.body, { ...said.headers, "content-type": said.contentType })(asked);
	}
	return [
		{ do: "head", status: 200, headers: { ...said.headers, "content-type": said.contentType } },
		...writes(said.events),
		{ do: "end" },
	];
};

/** A good answer that begins late and takes its time between events. */
export function slowAnswer(milliseconds: number): Behaviour {
	return (asked) => [
		{ do: "pause", milliseconds },
		...answer(asked).flatMap((step): Step[] => (step.do === "write" ? [{ do: "pause", milliseconds }, step] : [step])),
	];
}

/** A good answer that begins when the test says so. */
export function answerAfter(settled: Promise<unknown>): Behaviour {
	return (asked) => [{ do: "await", settled }, ...answer(asked)];
}

/** A good answer, after which the connection is closed although it was kept alive. */
export const answerAndHangUp: Behaviour = (asked) =>
	answer(asked).map((step) => (step.do === "end" ? { do: "endAndHangUp" } : step));

/** The same, compressed; a stream event by event. */
export function compressed(behaviour: Behaviour): Behaviour {
	return (asked) =>
		behaviour(asked).map((step) => {
			if (step.do !== "head") return step;
			const { "content-length": _, ...headers } = step.headers as Record<string, string | number>;
			return { ...step, headers, gzip: true };
		});
}

/** An error of a status, without a word that says more. */
export function status(code: number, headers: Headers = {}): Behaviour {
	return whole(code, '{"error":{"message":"No."}}', { "content-type": json, ...headers });
}

/** An error in the words of the format. @param code null: the status that goes with the words. */
export function complain(complaint: Complaint, code: number | null = null, headers: Headers = {}): Behaviour {
	return (asked) => {
		const reply = errorReply(asked.format, complaint, asked.model);
		return whole(code ?? reply.status, JSON.stringify(reply.body), { "content-type": json, ...headers })(asked);
	};
}

const page =
	"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>";

/** A web page where an answer should be. @param typed whether its content type says so. */
export function webPage(code: number, typed: boolean): Behaviour {
	return whole(code, page, typed ? { "content-type": "text/html; charset=utf-8" } : {});
}

/** A stream of 200 made of parts of the good one. */
export function stream(parts: (good: GoodStream, asked: Asked) => readonly (string | Step)[]): Behaviour {
	return (asked) => {
		const good = goodStream(asked);
		if (good === null) throw new Error("Only a stream can be taken apart, and only of a request that is answered.");
		const steps = parts(good, asked).map(
			(part): Step => (typeof part === "string" ? { do: "write", bytes: part } : part),
		);
		return [{ do: "head", status: 200, headers: { "content-type": good.contentType } }, ...steps];
	};
}

/** A stream whose first event is an error. */
export function errorFirst(complaint: Complaint): Behaviour {
	return stream((_, { format, model }) => [errorEvent(format, complaint, model), { do: "end" }]);
}

export function errorAfterOpening(complaint: Complaint): Behaviour {
	return stream(({ opening }, { format, model }) => [...opening, errorEvent(format, complaint, model), { do: "end" }]);
}

export function errorAfterContent(complaint: Complaint): Behaviour {
	return stream(({ opening, content }, { format, model }) => [
		...opening,
		...content,
		errorEvent(format, complaint, model),
		{ do: "end" },
	]);
}

/** How a reply may stop. */
export type Stop = Extract<Step, { do: "reset" | "close" | "end" | "silence" }>["do"];

/** Headers, and then no more. */
export function stopAfterHead(stop: Stop): Behaviour {
	return ({ streamed }) => [
		{ do: "head", status: 200, headers: { "content-type": streamed ? "text/event-stream" : json } },
		{ do: stop },
	];
}

export function stopAfterOpening(stop: Stop): Behaviour {
	return stream(({ opening }) => [...opening, { do: stop }]);
}

export function stopAfterContent(stop: Stop): Behaviour {
	return stream(({ opening, content }) => [...opening, ...content, { do: stop }]);
}

/** Stops in the middle of the event that follows the content. */
export function stopInsideEvent(stop: Stop): Behaviour {
	return stream(({ opening, content: [first = "", second = ""] }) => [
		...opening,
		first,
		second.slice(0, Math.ceil(second.length / 2)),
		{ do: stop },
	]);
}

/** Stops in the middle of the first event. */
export function stopInsideFirstEvent(stop: Stop): Behaviour {
	return stream(({ opening: [first = ""] }) => [first.slice(0, first.length / 2), { do: stop }]);
}

/** A whole reply that breaks off. */
export function stopInsideJson(stop: Stop): Behaviour {
	return (asked) =>
		answer(asked).map((step): Step => {
			if (step.do === "write") return { do: "write", bytes: step.bytes.slice(0, step.bytes.length / 2) };
			return step.do === "end" ? { do: stop } : step;
		});
}

/** Comments, as keep-alives of a relay that never gets an answer itself. */
export const commentsThenSilence: Behaviour = stream(() => [": waiting\n\n", ": waiting\n\n", { do: "silence" }]);

/** A good answer whose last event lacks its empty line, as relays send it that write events by hand. */
export const answerWithoutNewline: Behaviour = (asked) => {
	const steps = answer(asked);
	const last = steps.findLast((step) => step.do === "write");
	return steps.map((step) => (step === last ? { ...step, bytes: step.bytes.toString().trimEnd() } : step));
};

/** Accepts the request and says nothing. */
export const silence: Behaviour = () => [{ do: "silence" }];
export const resetAtOnce: Behaviour = () => [{ do: "reset" }];
export const closeAtOnce: Behaviour = () => [{ do: "close" }];
export const emptyJson: Behaviour = whole(200, "", { "content-type": json });

/** 200, and the error stands in the body. */
export function errorInJson200(complaint: Complaint): Behaviour {
	return complain(complaint, 200);
}

function writes(events: readonly string[]): readonly Step[] {
	return events.map((bytes) => ({ do: "write", bytes }));
}
