import assert from "node:assert/strict";
import { type InputBoxOptions, type MessageOptions, type QuickPickItem, type Uri, window } from "vscode";

/** What a person does in the dialogs that a command opens; what is not given here is cancelled. */
export interface Person {
	/** Chooses in a list. */
	readonly pick?: (items: readonly QuickPickItem[]) => QuickPickItem | undefined;
	/** Types into an input box; what is typed must pass its check. */
	readonly type?: string;
	/** Says yes to modal questions. */
	readonly confirm?: boolean;
	/** Is told each modal question. */
	readonly heard?: (question: string, detail: string) => void;
	/** Chooses a file in the dialog that opens or saves one. */
	readonly file?: Uri;
}

/**
 * Runs something with a person in front of its dialogs: nobody is there to answer VS Code's own. Messages that are not
 * modal are shown as ever.
 */
export async function withPerson<T>(person: Person, action: () => PromiseLike<T>): Promise<T> {
	const { showQuickPick, showInputBox, showOpenDialog, showSaveDialog } = window;
	const { showWarningMessage, showInformationMessage } = window;
	/** Answers what is modal, and shows everything else. */
	const answering =
		(show: (...given: never[]) => unknown) =>
		(message: string, options: MessageOptions | string, ...rest: string[]) => {
			if (typeof options !== "object" || !options.modal)
				return Reflect.apply(show, window, [message, options, ...rest]);
			person.heard?.(message, options.detail ?? "");
			return Promise.resolve(person.confirm ? rest[0] : undefined);
		};
	Object.assign(window, {
		showQuickPick: async (items: readonly QuickPickItem[]) => person.pick?.(items),
		showInputBox: async (options: InputBoxOptions) => {
			if (person.type !== undefined) assert.equal((await options.validateInput?.(person.type)) ?? null, null);
			return person.type;
		},
		showWarningMessage: answering(showWarningMessage),
		showInformationMessage: answering(showInformationMessage),
		showOpenDialog: async () => (person.file === undefined ? undefined : [person.file]),
		showSaveDialog: async () => person.file,
	});
	try {
		return await action();
	} finally {
		Object.assign(window, { showQuickPick, showInputBox, showOpenDialog, showSaveDialog });
		Object.assign(window, { showWarningMessage, showInformationMessage });
	}
}

/** Hears the messages that are shown, all of them, and lets them be shown. */
export function hearMessages(): { readonly heard: readonly string[]; readonly stop: () => void } {
	const heard: string[] = [];
	const { showInformationMessage, showWarningMessage, showErrorMessage } = window;
	const hearing =
		(show: (...given: never[]) => unknown) =>
		(message: string, ...rest: unknown[]) => {
			heard.push(message);
			return Reflect.apply(show, window, [message, ...rest]);
		};
	Object.assign(window, {
		showInformationMessage: hearing(showInformationMessage),
		showWarningMessage: hearing(showWarningMessage),
		showErrorMessage: hearing(showErrorMessage),
	});
	return {
		heard,
		stop: () => Object.assign(window, { showInformationMessage, showWarningMessage, showErrorMessage }),
	};
}
