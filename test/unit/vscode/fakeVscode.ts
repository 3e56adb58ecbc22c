/** As much of VS Code as the commands need whose tests need no window: what they ask of it is noted, and answered by a script. */
export { l10n } from "./englishWords.ts";

/** What the person and the machine do, and what was asked of them. */
export const stage = {
	/** What was opened in a browser. */
	opened: [] as string[],
	/** Every message and modal question, in order. */
	said: [] as string[],
	/** The button that is pressed, by the words of a message; undefined closes it. */
	press: (_message: string): string | undefined | Promise<string> => undefined,
	/** A file to be opened or saved; undefined cancels. */
	file: undefined as FakeUri | undefined,
	fileSize: 0,
	fileText: "",
	/** Whether Cancel is pressed as soon as a progress is shown. */
	cancels: false,
};

export interface FakeUri {
	readonly scheme: string;
	readonly fsPath: string;
}

async function say(message: string, ...rest: readonly unknown[]): Promise<string | undefined> {
	stage.said.push(message);
	const pressed = await stage.press(message);
	return rest.some((one) => one === pressed) ? pressed : undefined;
}

interface Token {
	onCancellationRequested(listener: () => void): { dispose(): void };
}

export const window = {
	showInformationMessage: say,
	showWarningMessage: say,
	showErrorMessage: say,
	showOpenDialog: async () => (stage.file === undefined ? undefined : [stage.file]),
	showSaveDialog: async () => stage.file,
	withProgress: async <T>(_options: unknown, task: (progress: { report(): void }, token: Token) => Promise<T>) =>
		task(
			{ report: () => {} },
			{
				onCancellationRequested: (listener) => {
					if (stage.cancels) listener();
					return { dispose: () => {} };
				},
			},
		),
	createInputBox: () => {
		throw new Error("A box was opened.");
	},
};
export const env = {
	language: "en",
	remoteName: undefined,
	uiKind: 1,
	clipboard: { writeText: async () => {} },
	openExternal: async (uri: string) => {
		stage.opened.push(uri);
		return true;
	},
};
export const workspace = {
	fs: {
		stat: async () => ({ size: stage.fileSize || stage.fileText.length }),
		readFile: async () => new TextEncoder().encode(stage.fileText),
	},
};
export const Uri = {
	parse: (text: string) => text,
	file: (fsPath: string): FakeUri => ({ scheme: "file", fsPath }),
	joinPath: ({ scheme, fsPath }: FakeUri, name: string): FakeUri => ({ scheme, fsPath: `${fsPath}/${name}` }),
};
export const UIKind = { Desktop: 1, Web: 2 };
export const ProgressLocation = { Notification: 15 };
