import type { FrameLocator, Locator, Page } from "playwright-core";
import { eventually } from "./eventually.ts";
import { webview } from "./places.ts";

/** The text fields that are always there, by their ids. */
export type TextFieldId =
	| "label"
	| "baseUrl"
	| "apiKey"
	| "pendingModel"
	| "modelFilter"
	| "priority"
	| "maxConcurrent"
	| "outboundProxy"
	| "testModel"
	| `header-${"name" | "value"}-${number}`;

export type FormatName = "Codex" | "OpenAI" | "Anthropic" | "Gemini";

/** The values that every relay needs. */
export interface RelayValues {
	readonly label: string;
	readonly baseUrl: string;
	readonly apiKey: string;
	readonly format: FormatName;
}

/** The relay form that is shown, as a person uses it. */
export interface RelayFormPage {
	readonly frame: FrameLocator;
	/**
	 * The input that is typed into; components keep it in a shadow tree, and bring what the page gives them there when the
	 * next frame is drawn.
	 */
	input(id: TextFieldId): Locator;
	/** What stands in a field. */
	valueOf(id: TextFieldId): Promise<string>;
	choose(dropdown: "format" | "auth", option: string): Promise<void>;
	chosen(dropdown: "format" | "auth"): Promise<string>;
	/** Types over what stands in these fields. */
	fill(values: Partial<RelayValues>): Promise<void>;
	/** The problems beneath one field. */
	problemsOf(id: TextFieldId): Promise<readonly string[]>;
	/** All problems on the page, from top to bottom. */
	problems(): Promise<readonly string[]>;
	button(name: string): Locator;
	save(): Promise<void>;
	/** The id of the field or button that has the focus; empty for what has none. */
	focusedId(): Promise<string>;
}

/** Resolves when the form's page has been drawn. */
export async function shownForm(page: Page): Promise<RelayFormPage> {
	const frame = webview(page);
	const input = (id: TextFieldId) => frame.locator(`#${id} input`);
	const chosen = (dropdown: "format" | "auth") => frame.locator(`#${dropdown} .selected-value`).innerText();
	const choose = async (dropdown: "format" | "auth", option: string) => {
		await frame.locator(`#${dropdown}`).click();
		await frame.locator(`#${dropdown}`).getByRole("option", { name: option, exact: true }).click();
		await eventually(() => chosen(dropdown), option);
	};
	const problemTexts = (place: Locator | FrameLocator) => place.locator(".problem p").allInnerTexts();
	await frame.locator("#save").waitFor();
	return {
		frame,
		input,
		valueOf: (id) => input(id).inputValue(),
		choose,
		chosen,
		fill: async ({ format, ...texts }) => {
			for (const id of ["label", "baseUrl", "apiKey"] as const) {
				const text = texts[id];
				if (text !== undefined) await input(id).fill(text);
			}
			if (format !== undefined) await choose("format", format);
		},
		problemsOf: (id) =>
			problemTexts(
				frame
					.locator(".field")
					.filter({ has: frame.locator(`#${id}`) })
					.last(),
			),
		problems: () => problemTexts(frame),
		button: (name) => frame.getByRole("button", { name, exact: true }),
		save: () => frame.locator("#save").click(),
		focusedId: () => frame.locator("html").evaluate(() => document.activeElement?.id ?? ""),
	};
}

/** Opens a blank form from the palette. */
export async function openBlankForm({
	page,
	runCommand,
}: {
	readonly page: Page;
	readonly runCommand: (title: string) => Promise<void>;
}): Promise<RelayFormPage> {
	await runCommand("Relay Accounts: Add Relay Account");
	const form = await shownForm(page);
	await eventually(() => form.frame.locator("html").evaluate(() => document.hasFocus()), true);
	return form;
}
