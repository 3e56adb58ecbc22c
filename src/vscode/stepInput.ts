import * as vscode from "vscode";
import { pickText } from "./plainText.ts";

/** What came of one question. Going back hands over what was typed, so that it is there on return. */
export type Answer<T> =
	| { readonly kind: "given"; readonly value: T }
	| { readonly kind: "back"; readonly value: T }
	| { readonly kind: "cancelled" };

/** Where a question stands in its row. */
export interface Heading {
	readonly title: string;
	/** From 1; the first has no way back. */
	readonly step: number;
	readonly totalSteps: number;
}

interface TextQuestion extends Heading {
	readonly value: string;
	readonly placeholder: string;
	/** Shown under the input for what stands in it. */
	readonly describe: (value: string) => string;
	/** Null when the value can be taken. */
	readonly problem: (value: string) => string | null;
	/** A doubt about a value that could be taken: it is shown once, and the same value given again goes through. */
	readonly doubt?: (value: string) => Promise<string | null>;
	readonly password?: boolean;
}

export function askText(question: TextQuestion): Promise<Answer<string>> {
	const box = vscode.window.createInputBox();
	prepare(box, question);
	box.value = question.value;
	box.placeholder = question.placeholder;
	box.password = question.password ?? false;
	box.prompt = question.describe(question.value);

	let doubted: string | null = null;
	const accept = async (): Promise<string | null> => {
		const { value } = box;
		const problem = question.problem(value);
		box.validationMessage = problem ?? undefined;
		if (problem !== null) return null;
		if (question.doubt === undefined || doubted === value) return value;
		box.busy = true;
		const doubt = await question.doubt(value);
		box.busy = false;
		// Typed on meanwhile: the doubt was about something else.
		if (box.value !== value) return null;
		if (doubt === null) return value;
		doubted = value;
		box.validationMessage = { message: doubt, severity: vscode.InputBoxValidationSeverity.Warning };
		return null;
	};
	return answerOf(box, () => box.value, accept, [
		box.onDidChangeValue((value) => {
			box.prompt = question.describe(value);
			box.validationMessage = value === "" ? undefined : (question.problem(value) ?? undefined);
		}),
	]);
}

interface Choice<T> {
	/** May have an icon in it; foreign text in it needs `pickText`. */
	readonly label: string;
	/** Plain. */
	readonly detail?: string;
	readonly value: T;
}

interface ChoiceQuestion<T> extends Heading {
	readonly placeholder: string;
	/** A longer text above the choices, for example why the last one failed. */
	readonly prompt?: string;
	readonly choices: readonly Choice<T>[];
	readonly current: T;
}

export function askChoice<T extends string | number>(question: ChoiceQuestion<T>): Promise<Answer<T>> {
	const pick = vscode.window.createQuickPick<Choice<T> & vscode.QuickPickItem>();
	prepare(pick, question);
	pick.placeholder = question.placeholder;
	pick.prompt = question.prompt;
	const items = question.choices.map(({ detail, ...choice }) =>
		detail === undefined ? choice : { ...choice, detail: pickText(detail) },
	);
	pick.items = items;
	pick.activeItems = items.filter(({ value }) => value === question.current);
	return answerOf(
		pick,
		() => question.current,
		async () => pick.selectedItems[0]?.value ?? null,
	);
}

interface ListQuestion extends Heading {
	readonly placeholder: string;
	readonly whenNone: string;
	readonly values: readonly string[];
	readonly chosen: readonly string[];
}

/** Several of a list; at least one. */
export function askSeveral(question: ListQuestion): Promise<Answer<readonly string[]>> {
	const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly value: string }>();
	prepare(pick, question);
	pick.placeholder = question.placeholder;
	pick.canSelectMany = true;
	pick.items = question.values.map((value) => ({ label: pickText(value), value }));
	pick.selectedItems = pick.items.filter(({ value }) => question.chosen.includes(value));
	const chosen = (): readonly string[] => pick.selectedItems.map(({ value }) => value);
	return answerOf(pick, chosen, async () => {
		pick.prompt = pick.selectedItems.length === 0 ? question.whenNone : undefined;
		return pick.selectedItems.length === 0 ? null : chosen();
	});
}

function prepare(input: vscode.QuickInput, { title, step, totalSteps }: Heading): void {
	input.title = title;
	input.step = step;
	input.totalSteps = totalSteps;
	// A glance at another window, to copy a key, must not lose what was typed.
	input.ignoreFocusOut = true;
}

/**
 * Shows an input and waits for its end.
 * @param typed what stands in it, handed over when going back.
 * @param accept null keeps the input open.
 */
function answerOf<T>(
	input: vscode.InputBox | vscode.QuickPick<vscode.QuickPickItem>,
	typed: () => T,
	accept: () => Promise<T | null>,
	subscriptions: readonly vscode.Disposable[] = [],
): Promise<Answer<T>> {
	return new Promise<Answer<T>>((resolve, reject) => {
		if ((input.step ?? 1) > 1) input.buttons = [vscode.QuickInputButtons.Back];
		input.onDidTriggerButton(() => resolve({ kind: "back", value: typed() }));
		input.onDidHide(() => resolve({ kind: "cancelled" }));
		input.onDidAccept(() => {
			accept().then((value) => {
				if (value !== null) resolve({ kind: "given", value });
			}, reject);
		});
		input.show();
	}).finally(() => {
		for (const subscription of subscriptions) subscription.dispose();
		input.dispose();
	});
}
