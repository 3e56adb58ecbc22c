import type { Format } from "../accounts/account.ts";
import { endpoints } from "../formats/endpoints.ts";
import type { Problem } from "../formats/problem.ts";
import type { Choice, PassedOver } from "../pool/accountPool.ts";
import type { Unusable } from "../pool/usable.ts";

const addOne = "Add one in VS Code with the command “Relay Accounts: Add Relay Account”.";
const nearNames = 5;

const reasons: Readonly<Record<Exclude<Unusable, "modelNotAllowed">, string>> = {
	disabled: "is disabled",
	keyMissing: "has no key in this VS Code window",
};

/** Why nobody answers, and what to do about it. */
export function nobodyProblem(
	choice: Exclude<Choice, { kind: "lease" }>,
	format: Format,
	model: string,
	knownModels: readonly string[],
): Problem {
	const name = endpoints[format].name;
	if (choice.kind === "noAccount") return { kind: "unavailable", message: `There is no account yet. ${addOne}` };
	if (choice.passedOver.length === 0) {
		return { kind: "modelNotFound", message: `No account speaks the ${name} format. ${addOne}` };
	}
	const ready = choice.passedOver.flatMap(({ label, reason }) =>
		reason === "modelNotAllowed" ? [] : [`“${label}” ${reasons[reason]}`],
	);
	if (ready.length > 0) {
		return { kind: "unavailable", message: `No account can answer for the model “${model}” now: ${ready.join(", ")}.` };
	}
	return { kind: "modelNotFound", message: notAllowedText(choice.passedOver, model, knownModels) };
}

function notAllowedText(passedOver: readonly PassedOver[], model: string, knownModels: readonly string[]): string {
	const labels = passedOver.map(({ label }) => `“${label}”`).join(", ");
	const near = nearestNames(model, knownModels);
	const hint = near.length === 0 ? "" : ` Near names: ${near.join(", ")}.`;
	return `No account has the model “${model}”; it is not among the allowed models of ${labels}.${hint}`;
}

/** The known names that share most with a name, best first; none that share almost nothing. */
export function nearestNames(name: string, known: readonly string[]): readonly string[] {
	const wanted = pairsOf(name);
	return known
		.map((candidate) => ({ candidate, score: overlap(wanted, pairsOf(candidate)) }))
		.filter(({ score }) => score > 0.25)
		.sort((a, b) => b.score - a.score)
		.slice(0, nearNames)
		.map(({ candidate }) => candidate);
}

function pairsOf(name: string): ReadonlySet<string> {
	const lower = name.toLowerCase();
	return new Set(Array.from({ length: Math.max(0, lower.length - 1) }, (_, index) => lower.slice(index, index + 2)));
}

/** Sørensen–Dice coefficient of the letter pairs. */
function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
	let shared = 0;
	for (const pair of a) if (b.has(pair)) shared += 1;
	return (2 * shared) / Math.max(1, a.size + b.size);
}
